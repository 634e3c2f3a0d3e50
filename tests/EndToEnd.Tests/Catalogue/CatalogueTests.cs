using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Catalogue;

/// <summary>What is offered, as built in and as <c>routes.json</c> changes it.</summary>
public sealed class CatalogueTests(CatalogueTests.Changed gateway) : IClassFixture<CatalogueTests.Changed>
{
    [Fact]
    public async Task Models_EveryProvider_AreListedWithTheirLimits()
    {
        var models = await ModelsAsync();

        Assert.Equal(
            ["flux", "pika", "runway", "sora", "veo", "veo-gemini"],
            models.Values.Select(m => m.Text("provider")).Distinct().Order(StringComparer.Ordinal));
        Assert.All(models, m => Assert.Equal(m.Key, $"{m.Value.Text("provider")}/{m.Value.Text("model")}"));
        Assert.All(models.Values, m => Assert.Contains(m.Text("media_type"), new[] { "image", "video", "audio" }));
        Assert.All(models.Values, m => Assert.NotEqual(0, m.At("capabilities").GetArrayLength()));
        Assert.Equal(60, models["flux/flux-dev"].At("limits.requests_per_minute").GetInt32());
        Assert.Equal("video", models["sora/sora-2"].Text("media_type"));
    }

    [Fact]
    public async Task Providers_EveryCluster_IsListedWithItsDestinations()
    {
        var answer = await gateway.Client.GetAsync("/providers");

        Assert.Equal(200, answer.Status);
        var providers = answer.Json.At("data").EnumerateArray().ToDictionary(p => p.Text("name"));
        Assert.Equal(["flux", "pika", "runway", "sora", "veo", "veo-gemini"], providers.Keys.Order(StringComparer.Ordinal));
        var flux = providers["flux"];
        Assert.Equal(("flux", "BFL_API_KEY", "image"), (flux.Text("adapter"), flux.Text("key_variables[0]"), flux.Text("media_types[0]")));
        Assert.Equal(("global", true), (flux.Text("destinations[0].id"), flux.At("destinations[0].available").GetBoolean()));
        var models = await ModelsAsync();
        Assert.All(providers, p => Assert.Equal(models.Values.Count(m => m.Text("provider") == p.Key), p.Value.At("models").GetInt32()));
    }

    [Fact]
    public async Task Models_ConfigurationChangesThem_ShowTheChange()
    {
        var models = await ModelsAsync();

        Assert.Equal(0.99m, models["flux/flux-pro-1.1"].At("price.per_result").GetDecimal());
        Assert.Equal(512, models["flux/flux-pro-1.1"].At("limits.max_width").GetInt32());
        Assert.Equal("2026-01-31", models["flux/flux-pro-1.1-ultra"].Text("retired"));
        Assert.DoesNotContain("flux/flux-kontext-max", models.Keys);
        Assert.NotEqual(9999, models["flux/flux-dev"].At("limits.max_width").GetInt32());
    }

    [Fact]
    public async Task Post_ModelIsDisabled_IsUnknown()
    {
        var answer = await gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse"), ("model", "flux-kontext-max")));

        Assert.Equal((404, "INVALID_MODEL"), (answer.Status, answer.Json.Text("error.code")));
    }

    [Fact]
    public async Task Post_ModelIsRetired_IsSentWithAWarning()
    {
        var answer = await gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse"), ("model", "flux-pro-1.1-ultra")));

        Assert.Equal(200, answer.Status);
        Assert.Contains("2026-01-31", answer.Json.At("metadata.warnings").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WiderThanTheLowerLimit_NamesTheLimit()
    {
        var body = Bodies.Of(
            "flux", Bodies.Unique("A lighthouse"), ("model", "flux-pro-1.1"),
            ("parameters", new System.Text.Json.Nodes.JsonObject { ["width"] = 1024, ["height"] = 512 }));

        var answer = await gateway.Client.PostAsync(body);

        Assert.Equal((400, "INVALID_REQUEST"), (answer.Status, answer.Json.Text("error.code")));
        var field = answer.Json.At("error.details.fields[0]");
        Assert.Equal("parameters.width", field.Text("field"));
        Assert.Contains("512", field.ToString(), StringComparison.Ordinal);
    }

    private async Task<Dictionary<string, JsonElement>> ModelsAsync()
    {
        var answer = await gateway.Client.GetAsync("/models");
        Assert.Equal(200, answer.Status);
        return answer.Json.At("data").EnumerateArray().ToDictionary(m => m.Text("id"));
    }

    /// <summary>A gateway whose configuration changes the catalogue.</summary>
    public sealed class Changed : IAsyncLifetime
    {
        private const string Catalogue = """
            {
              "flux": {
                "flux-pro-1.1": { "Price": { "PerResult": 0.99 }, "Limits": { "MaxWidth": 512 } },
                "flux-pro-1.1-ultra": { "Retired": "2026-01-31" },
                "flux-kontext-max": { "Enabled": false },
                "flux-dev": { "Limits": { "MaxWidth": 9999 } }
              }
            }
            """;

        private FramegateProcess _framegate = null!;

        public GatewayClient Client => _framegate.Client;

        public async Task InitializeAsync() =>
            _framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "", Routes = Repository.RoutesWith("Catalogue", Catalogue) });

        public async Task DisposeAsync() => await _framegate.DisposeAsync();
    }
}
