using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Pika;

namespace Framegate.Transforms.Tests.Providers.Pika;

public class PikaMappingTests
{
    private readonly PikaAdapter _adapter = new();

    public static TheoryData<string> Cases => RequestCases.Names("pika");

    [Theory]
    [MemberData(nameof(Cases))]
    public void BuildSubmit_Case_IsMappedAsWritten(string name) => RequestCases.Run(_adapter, name);

    [Fact]
    public void BuildSubmit_Any_KeepsFalFromRunningItAgain()
    {
        var model = _adapter.FindModel("v2.2/text-to-video")!;
        var native = _adapter.BuildSubmit(
            new GenerationRequest { Provider = "pika", Model = "v2.2/text-to-video", Prompt = "p", MediaType = MediaType.Video }, model, new MappingIssues());

        Assert.Equal("/fal-ai/pika/v2.2/text-to-video", native.Target);
        Assert.Equal([new("x-fal-no-retry", "1")], native.Headers);
        Assert.Equal(new("Authorization", "Key id:secret"), _adapter.Authorize(new Secret("id:secret\n")));
    }

    [Theory]
    [InlineData("fal-ai/pika/v2.2/pikaframes", "fal-ai/pika/v2.2/pikaframes")]
    [InlineData("v2.2/pikaframes", "fal-ai/pika/v2.2/pikaframes")]
    [InlineData("v2/turbo/image-to-video", "fal-ai/pika/v2/turbo/image-to-video")]
    [InlineData("pikaframes", null)]
    [InlineData("fal-ai/pika/", null)]
    [InlineData("", null)]
    public void FindModel_ShortOrLong_IsTheSame(string id, string? found) => Assert.Equal(found, _adapter.FindModel(id)?.Id);

    [Fact]
    public void Models_All_AreDescribed()
    {
        Assert.Equal(11, _adapter.Models.Select(m => m.Id).Distinct().Count());
        Assert.All(_adapter.Models, m => Assert.NotEmpty(m.Capabilities));
        Assert.All(_adapter.Models, m => Assert.True(m.FetchesUrls));
        Assert.All(_adapter.Models, m => Assert.Null(m.Retired));
        Assert.Equal(0.09m, _adapter.Models[0].Price!.PerSecondBySize!["1080p"]);
        Assert.Equal([5, 10], _adapter.Models[0].Limits.Durations);
    }
}
