using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Tests.Schemas.Reading;

public class ContractNamesTests
{
    [Fact]
    public void NameOf_EveryErrorCode_IsWhatTheSerialiserWrites()
    {
        Assert.Equal(Enum.GetValues<ErrorCode>().Length, ContractNames.ErrorCodes.Count);
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            var json = JsonSerializer.SerializeToElement(new GenerationError { Code = code, Message = "" }, ContractJson.Default.GenerationError);
            Assert.Equal(json.GetProperty("code").GetString(), ContractNames.NameOf(code));
            Assert.Equal(code, ContractNames.ToErrorCode(ContractNames.NameOf(code)));
        }
    }

    [Fact]
    public void NameOf_EveryMediaType_IsWhatTheSerialiserWrites()
    {
        Assert.Equal(Enum.GetValues<MediaType>().Length, ContractNames.MediaTypes.Count);
        foreach (var type in Enum.GetValues<MediaType>())
        {
            var item = new MediaItem { Id = "", Type = type, Url = "", ContentType = "", Bytes = 0, Sha256 = "" };
            var json = JsonSerializer.SerializeToElement(new GenerationResult([item]), ContractJson.Default.GenerationResult);
            Assert.Equal(json.GetProperty("media")[0].GetProperty("type").GetString(), ContractNames.NameOf(type));
            Assert.Equal(type, ContractNames.ToMediaType(ContractNames.NameOf(type)));
        }
    }
}
