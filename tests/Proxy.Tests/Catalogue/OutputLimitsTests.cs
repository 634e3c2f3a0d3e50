using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Declared.Compiling;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.Catalogue;

/// <summary>Limits look at what is sent: whatever its wording, native parameters, defaults and the mapping's own choice included.</summary>
public class OutputLimitsTests
{
    private static readonly CatalogueLimits s_shippedFlux = new() { MaxWidth = 2048, MaxHeight = 2048 };
    private static readonly CatalogueLimits s_shippedVeo = new() { MaxWidth = 1920, MaxHeight = 1920, Resolutions = ["720p", "1080p"] };
    private static readonly CatalogueLimits s_small = new() { MaxResults = 1, MaxDuration = 5, Resolutions = ["720p"] };

    [Theory]
    [InlineData("veo", "veo-3.1-generate-001", """{"resolution":"uhd"}""", "parameters.width")]
    [InlineData("veo", "veo-3.1-generate-001", """{"resolution":"2160p"}""", "parameters.width")]
    [InlineData("veo", "veo-3.1-generate-001", """{"resolution":"4k"}""", "parameters.width")]
    [InlineData("veo", "veo-3.1-generate-001", """{"veo":{"resolution":"4k"}}""", "parameters.veo.resolution")]
    [InlineData("veo", "veo-3.1-generate-001", """{"width":3840,"height":2160}""", "parameters.width")]
    [InlineData("flux", "flux-2-pro", """{"height":1024,"aspect_ratio":"4:1"}""", "parameters.width")]
    [InlineData("flux", "flux-2-pro", """{"flux":{"width":4096}}""", "parameters.flux.width")]
    public void Check_ShippedLimits_HoldForEveryWording(string provider, string model, string parameters, string field) =>
        Assert.Contains(field, Map(BuiltIn(provider), model, provider == "flux" ? s_shippedFlux : s_shippedVeo, parameters).Select(r => r.Field));

    [Theory]
    [InlineData("runway", "muse_image", """{"runway":{"outputCount":4}}""", "parameters.runway.outputCount")]
    [InlineData("runway", "veo3.1", """{"width":1920,"height":1080,"duration":4}""", "parameters.width")]
    [InlineData("runway", "veo3.1", """{"duration":4,"runway":{"ratio":"1920:1080"}}""", "parameters.resolution")]
    [InlineData("pika", "fal-ai/pika/v2.2/pikascenes", """{"reference_images":["https://example.com/a.png"]}""", "parameters.resolution")]
    [InlineData("pika", "fal-ai/pika/v2.2/text-to-video", """{"width":1920,"height":1080}""", "parameters.width")]
    [InlineData("veo", "veo-3.1-generate-001", "{}", "parameters.duration")]
    [InlineData("veo", "veo-3.1-generate-001", """{"veo":{"durationSeconds":8}}""", "parameters.veo.durationSeconds")]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":4,"veo":{"sampleCount":4}}""", "parameters.veo.sampleCount")]
    [InlineData("sora", "sora-2-pro", """{"width":1080,"height":1920}""", "parameters.width")]
    [InlineData("sora", "sora-2-pro", """{"sora":{"size":"1920x1080"}}""", "parameters.sora.size")]
    [InlineData("sora", "sora-2", """{"sora":{"seconds":"12"}}""", "parameters.sora.seconds")]
    [InlineData("flux", "flux-3-video", """{"flux":{"resolution":"fhd"}}""", "parameters.flux.resolution")]
    public void Check_OwnLimits_HoldForNativeWordsDefaultsAndPixels(string provider, string model, string parameters, string field) =>
        Assert.Contains(field, Map(BuiltIn(provider), model, s_small, parameters).Select(r => r.Field));

    [Theory]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":4}""")]
    [InlineData("runway", "veo3.1", """{"duration":4}""")]
    [InlineData("pika", "fal-ai/pika/v2.2/text-to-video", "{}")]
    [InlineData("sora", "sora-2-pro", "{}")]
    [InlineData("flux", "flux-3-video", """{"duration":5}""")]
    public void Check_WithinTheLimits_Passes(string provider, string model, string parameters) => Assert.Empty(Map(BuiltIn(provider), model, s_small, parameters));

    [Theory]
    [InlineData("xai", "grok-imagine-image", """{"n":2}""", "parameters.n")]
    [InlineData("xai", "grok-imagine-image", """{"xai":{"n":2}}""", "parameters.xai.n")]
    [InlineData("kling", "kling-3.0", """{"kling":{"settings":{"duration":10}}}""", "parameters.kling.settings.duration")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"byteplus":{"resolution":"1080p"}}""", "parameters.byteplus.resolution")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"resolution":"fhd"}""", "parameters.resolution")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"byteplus":{"duration":10}}""", "parameters.byteplus.duration")]
    public void Check_DeclaredProvider_IsHeldToTheSame(string provider, string model, string parameters, string field) =>
        Assert.Contains(field, Map(Declared(provider), model, s_small, parameters).Select(r => r.Field));

    [Fact]
    public void Fit_ShapeUnderALimit_StaysBelowIt()
    {
        var issues = new MappingIssues();
        var adapter = BuiltIn("flux");
        var model = Limited(adapter.FindModel("flux-2-pro")!, new CatalogueLimits { MaxWidth = 1280 });
        adapter.BuildSubmit(Request(adapter, model, """{"aspect_ratio":"4:1"}"""), model, issues);

        Assert.Empty(issues.Refusals);
        Assert.True(issues.Output!.Width <= 1280);
        Assert.Equal(issues.Output.Width, issues.Output.Height * 4);
    }

    private static IReadOnlyList<FieldError> Map(ProviderAdapter adapter, string id, CatalogueLimits limits, string parameters)
    {
        var known = adapter.FindModel(id)!;
        var model = Limited(known, limits);
        var request = Request(adapter, model, parameters);
        var issues = new MappingIssues();
        adapter.BuildSubmit(request, model, issues);
        if (issues.Refusals.Count == 0)
        {
            OutputLimits.Check(request, issues.Output!, model, known, adapter.ExtrasKey, issues);
        }

        return issues.Refusals;
    }

    private static ModelInfo Limited(ModelInfo model, CatalogueLimits limits) => model with { Limits = limits.Over(model.Limits) };

    private static GenerationRequest Request(ProviderAdapter adapter, ModelInfo model, string parameters)
    {
        var body = $$"""{"provider":"{{adapter.Name}}","model":"{{model.Id}}","media_type":"{{model.MediaType.ToString().ToLowerInvariant()}}","prompt":"A fox","parameters":{{parameters}}}""";
        var reading = GenerationRequestReader.Read(Encoding.UTF8.GetBytes(body));
        Assert.Empty(reading.Errors);
        return reading.Request!;
    }

    private static ProviderAdapter BuiltIn(string name) => AdapterRegistry.BuiltIn().Single(a => a.Name == name);

    private static ProviderAdapter Declared(string name) => ProviderFileReader.Read(File.ReadAllBytes(Path.Combine(Repository.Root, "config", "providers", name + ".json")), out _)!.Value.Adapter;
}
