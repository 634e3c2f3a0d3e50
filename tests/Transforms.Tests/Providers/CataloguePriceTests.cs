using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers;

/// <summary>The price of the model that is handed in is the one that counts, not the adapter's own list.</summary>
public class CataloguePriceTests
{
    public static TheoryData<string, string, double> Seconds => new()
    {
        { "flux", "flux-3-video", 5 },
        { "runway", "gen4.5", 5 },
        { "runway", "veo3.1", 8 },
        { "sora", "sora-2", 8 },
        { "sora", "sora-2-pro", 4 },
        { "veo", "veo-3.1-generate-001", 6 },
        { "veo-gemini", "veo-3.1-generate-preview", 6 },
        { "pika", "fal-ai/pika/v2.2/text-to-video", 10 },
        { "pika", "fal-ai/pika/v2.1/text-to-video", 7 },
    };

    [Theory]
    [MemberData(nameof(Seconds))]
    public void BuildSubmit_PriceOfASecond_IsTakenTimesTheSeconds(string provider, string model, double seconds) => Assert.Equal(
        1.5m * (decimal)seconds, Estimate(provider, model, new ModelPrice(PerSecond: 1.5m), new() { Duration = seconds, AspectRatio = "16:9" }));

    [Theory]
    [InlineData("flux", "flux-pro-1.1")]
    [InlineData("flux", "flux-2-pro")]
    [InlineData("runway", "gen4_image")]
    [InlineData("pika", "fal-ai/pika/v2.2/text-to-video")]
    public void BuildSubmit_PriceOfAResult_IsTaken(string provider, string model) =>
        Assert.Equal(9.25m, Estimate(provider, model, new ModelPrice(PerResult: 9.25m), new() { AspectRatio = "1:1" }));

    [Theory]
    [InlineData("veo", "veo-3.1-generate-001", "1080p", null, 2.0)]
    [InlineData("veo", "veo-3.1-generate-001", "1080p", false, 1.0)]
    [InlineData("veo", "veo-3.1-generate-001", "720p", null, 3.0)]
    [InlineData("runway", "veo3.1", "1080p", null, 2.0)]
    [InlineData("runway", "veo3.1", "1080p", false, 1.0)]
    [InlineData("runway", "veo3.1", "720p", null, 3.0)]
    [InlineData("pika", "fal-ai/pika/v2.2/text-to-video", "1080p", null, 2.0)]
    [InlineData("pika", "fal-ai/pika/v2.2/text-to-video", "720p", null, 3.0)]
    public void BuildSubmit_PriceBySize_FallsBackOnTheSecond(string provider, string model, string resolution, bool? audio, double price)
    {
        var seconds = provider == "pika" ? 5 : 8;
        var sizes = new Dictionary<string, decimal> { ["1080p"] = 2, ["1080p-silent"] = 1 };

        var cost = Estimate(
            provider, model, new ModelPrice(PerSecond: 3, PerSecondBySize: sizes),
            new() { Duration = seconds, AspectRatio = "16:9", Resolution = resolution, Audio = audio });

        Assert.Equal((decimal)price * seconds, cost);
    }

    [Theory]
    [InlineData("flux", "flux-3-video", """{"prompt":"x","duration":5,"resolution":"720p"}""", "0.85")]
    [InlineData("flux", "flux-3-video", """{"prompt":"x","duration":10,"resolution":"1080p"}""", "2.9")]
    [InlineData("flux", "flux-3-video", """{"prompt":"x","duration":10,"resolution":"1080p","image":"PIXEL"}""", "2.9")]
    [InlineData("flux", "flux-3-video", """{"prompt":"x","duration":5,"resolution":"720p","native":{"start_video":"AAAA"}}""", "2.05")]
    [InlineData("flux", "flux-3-video", """{"prompt":"x","duration":5,"resolution":"1080p","native":{"start_video":"AAAA"}}""", "2.65")]
    [InlineData("flux", "flux-3-video", """{"prompt":"x","duration":5,"native":{"draft_cache":"AAAA"}}""", null)]
    [InlineData("flux", "flux-3-video", """{"prompt":"x"}""", null)]
    [InlineData("pika", "fal-ai/pika/v2.1/text-to-video", """{"prompt":"x","duration":10,"resolution":"1080p"}""", "0.4")]
    [InlineData("pika", "fal-ai/pika/v2/pikadditions", """{"prompt":"x","image":"https://media.example.com/a.png","video":"https://media.example.com/a.mp4"}""", "0.465")]
    public void BuildSubmit_Listed_CostsWhatTheListSays(string provider, string model, string parameters, string? cost)
    {
        var adapter = AdapterRegistry.BuiltIn().Single(a => a.Name == provider);
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal(cost is null ? null : decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), issues.EstimatedCost);
        Assert.NotNull(adapter.FindModel(model)!.Price!.Source);
    }

    private static decimal? Estimate(string provider, string id, ModelPrice price, GenerationParameters parameters)
    {
        var adapter = AdapterRegistry.BuiltIn().Single(a => a.Name == provider);
        var model = adapter.FindModel(id)! with { Price = price };
        var issues = new MappingIssues();
        adapter.BuildSubmit(
            new GenerationRequest { Provider = provider, Model = id, Prompt = "A fox", MediaType = model.MediaType, Parameters = parameters }, model, issues);
        Assert.Empty(issues.Refusals);
        return issues.EstimatedCost;
    }
}
