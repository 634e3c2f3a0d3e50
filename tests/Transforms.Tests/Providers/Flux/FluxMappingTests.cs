using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Flux;

namespace Framegate.Transforms.Tests.Providers.Flux;

public class FluxMappingTests
{
    private readonly FluxAdapter _adapter = new();

    public static TheoryData<string> Cases => RequestCases.Names("flux");

    [Theory]
    [MemberData(nameof(Cases))]
    public void BuildSubmit_Case_IsMappedAsWritten(string name) => RequestCases.Run(_adapter, name);

    [Fact]
    public void BuildSubmit_Any_AsksForJsonAndCarriesNoKey()
    {
        var native = _adapter.BuildSubmit(
            new GenerationRequest { Provider = "flux", Model = "flux-dev", Prompt = "p", MediaType = MediaType.Image },
            _adapter.FindModel("flux-dev")!,
            new MappingIssues());

        Assert.Equal([new("Accept", "application/json")], native.Headers);
    }

    [Fact]
    public void Models_All_HaveAUniqueIdAndWhatTheyCanDo()
    {
        Assert.Equal(_adapter.Models.Count, _adapter.Models.Select(m => m.Id).Distinct().Count());
        Assert.All(_adapter.Models, m => Assert.NotEmpty(m.Capabilities));
        Assert.Equal(
            ["flux-kontext-pro", "flux-kontext-max", "flux-2-pro", "flux-2-pro-preview", "flux-2-max", "flux-2-flex", "flux-2-klein-4b", "flux-2-klein-9b", "flux-2-klein-9b-preview", "flux-3-image"],
            _adapter.Models.Where(m => m.FetchesUrls).Select(m => m.Id));
    }

    [Theory]
    [InlineData("flux-dev", 500, 3000)]
    [InlineData("flux-3-video", 2000, 5000)]
    public void PaceOf_Model_FollowsHowLongItTakes(string model, int first, int longest)
    {
        var pace = _adapter.PaceOf(_adapter.FindModel(model)!);

        Assert.Equal(first, pace.Before(0).TotalMilliseconds);
        Assert.Equal(longest, pace.Before(50).TotalMilliseconds);
    }

    [Fact]
    public void Authorize_Key_TravelsInItsOwnHeader() => Assert.Equal(new("x-key", "bfl_1"), _adapter.Authorize(new Secret(" bfl_1\n")));
}
