using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Runway;

namespace Framegate.Transforms.Tests.Providers.Runway;

public class RunwayMappingTests
{
    private readonly RunwayAdapter _adapter = new();

    public static TheoryData<string> Cases => RequestCases.Names("runway");

    [Theory]
    [MemberData(nameof(Cases))]
    public void BuildSubmit_Case_IsMappedAsWritten(string name) => RequestCases.Run(_adapter, name);

    [Fact]
    public void BuildSubmit_PromptTooLong_IsRefused()
    {
        var issues = new MappingIssues();
        _adapter.BuildSubmit(Request("gen4.5", new string('x', 1001)), _adapter.FindModel("gen4.5")!, issues);

        Assert.Equal("prompt", Assert.Single(issues.Refusals).Field);
    }

    [Fact]
    public void EveryCall_Always_NamesTheVersion()
    {
        var job = new JobHandle("a/b", "gen4.5");
        NativeRequest[] calls =
        [
            _adapter.BuildSubmit(Request("gen4.5", "p"), _adapter.FindModel("gen4.5")!, new MappingIssues()),
            _adapter.BuildPoll(job), _adapter.BuildCancel(job), _adapter.BuildProbe(),
        ];

        Assert.All(calls, c => Assert.Equal([new("X-Runway-Version", "2024-11-06")], c.Headers));
        Assert.Equal(["/v1/text_to_video", "/v1/tasks/a%2Fb", "/v1/tasks/a%2Fb", "/v1/organization"], calls.Select(c => c.Target));
        Assert.Equal(["POST", "GET", "DELETE", "GET"], calls.Select(c => c.Method));
        Assert.Equal(new("Authorization", "Bearer key_1"), _adapter.Authorize(new Secret("key_1")));
        Assert.True(_adapter.CancelsAtDeadline);
    }

    [Fact]
    public void Models_All_AreDescribed()
    {
        Assert.Equal(_adapter.Models.Count, _adapter.Models.Select(m => m.Id).Distinct().Count());
        Assert.All(_adapter.Models, m => Assert.NotEmpty(m.Capabilities));
        Assert.All(_adapter.Models, m => Assert.True(m.FetchesUrls));
        Assert.Equal(new DateOnly(2026, 7, 30), _adapter.FindModel("gen3a_turbo")!.Retired);
        Assert.Equal(["gen3a_turbo", "veo3", "gen4_aleph", "upscale_v1"], _adapter.Models.Where(m => m.Retired is not null).Select(m => m.Id));
        Assert.Equal(["text-to-video", "audio", "image-to-video"], _adapter.FindModel("veo3.1")!.Capabilities);
        Assert.Equal(["image-to-image"], _adapter.FindModel("gen4_image_turbo")!.Capabilities);
        Assert.Contains("extend", _adapter.FindModel("seedance2_5")!.Capabilities);
        Assert.Equal(0.10m, _adapter.FindModel("veo3.1_fast")!.Price!.PerSecondBySize!["720p-silent"]);
    }

    [Fact]
    public void Sizes_All_AreOfAShapeWithAName()
    {
        var sizes = RunwayModels.All.SelectMany(m => m.Calls).SelectMany(c => c.Sizes).Distinct().ToArray();
        string[] shapes = ["8:1", "4:1", "21:9", "20:9", "13:6", "2:1", "16:9", "3:2", "4:3", "5:4", "1:1", "4:5", "3:4", "2:3", "9:16", "1:2", "6:13", "9:20", "1:4", "1:8"];

        Assert.All(sizes, s => Assert.Single(shapes, name => s.Is(AspectRatio.Parse(name)!.Value)));
    }

    [Fact]
    public void PaceOf_Any_KeepsFiveSecondsBetweenPolls()
    {
        var pace = _adapter.PaceOf(_adapter.Models[0]);

        Assert.Equal((2, 5, 6), (pace.Before(0).TotalSeconds, pace.Before(1).TotalSeconds, pace.Before(9).TotalSeconds));
    }

    private static GenerationRequest Request(string model, string prompt) =>
        new() { Provider = "runway", Model = model, Prompt = prompt, MediaType = MediaType.Video };
}
