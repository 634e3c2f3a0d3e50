using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Catalogue;

/// <summary>The limits of <c>config/routes.json</c> as it is shipped: where the provider's own limit and ours differ, the lower one wins and is named.</summary>
public sealed class DefaultLimitTests(Gateway gateway) : IClassFixture<Gateway>
{
    [Theory]
    [InlineData("flux", "flux-2-pro", """{"width":2064,"height":1024}""", "parameters.width", "2048")]
    [InlineData("flux", "flux-2-pro", """{"width":1024,"height":2064}""", "parameters.height", "2048")]
    [InlineData("flux", "flux-2-pro", """{"flux":{"width":2560,"height":1024}}""", "parameters.flux.width", "2048")]
    [InlineData("flux", "flux-pro-1.1", """{"width":1472,"height":1024}""", "parameters.width", "1440")]
    [InlineData("veo", "veo-3.1-generate-001", """{"width":3840,"height":2160,"duration":8}""", "parameters.width", "1920")]
    [InlineData("veo", "veo-3.1-generate-001", """{"resolution":"4k","aspect_ratio":"16:9","duration":8}""", "parameters.resolution", "1080p")]
    [InlineData("veo", "veo-3.1-generate-001", """{"veo":{"resolution":"4k"}}""", "parameters.veo.resolution", "1080p")]
    [InlineData("veo-gemini", "veo-3.1-generate-preview", """{"resolution":"4k","duration":8}""", "parameters.resolution", "1080p")]
    [InlineData("veo", "veo-2.0-generate-001", """{"resolution":"1080p"}""", "parameters.resolution", "720p")]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":120}""", "parameters.duration", "8")]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":5}""", "parameters.duration", "6")]
    public async Task Quote_BeyondTheLowerLimit_NamesIt(string provider, string model, string parameters, string field, string limit)
    {
        var prompt = Bodies.Unique("A tower");
        var answer = await gateway.Client.PostAsync(new JsonObject
        {
            ["provider"] = provider,
            ["model"] = model,
            ["media_type"] = provider == "flux" ? "image" : "video",
            ["prompt"] = prompt,
            ["parameters"] = JsonNode.Parse(parameters),
        }.ToJsonString());

        Assert.Equal((400, "INVALID_REQUEST"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Contains(
            answer.Json.At("error.details.fields").EnumerateArray(),
            f => f.Text("field") == field && f.ToString().Contains(limit, StringComparison.Ordinal));
        Assert.Equal(0, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_LargestFluxImage_IsMade()
    {
        var answer = await gateway.Client.PostAsync(Bodies.Of(
            "flux", Bodies.Unique("A tower"), ("model", "flux-2-pro"), ("parameters", new JsonObject { ["width"] = 2048, ["height"] = 2048 })));

        Assert.Equal(200, answer.Status);
        Assert.Equal((2048, 2048), (answer.Json.At("result.media[0].width").GetInt32(), answer.Json.At("result.media[0].height").GetInt32()));
    }

    [Fact]
    public async Task Models_ShippedConfiguration_ShowsTheLowerLimits()
    {
        var models = (await gateway.Client.GetAsync("/models")).Json.At("data").EnumerateArray().ToDictionary(m => m.Text("id"));

        Assert.Equal((60, 2048), (Number(models["flux/flux-2-pro"], "requests_per_minute"), Number(models["flux/flux-2-pro"], "max_width")));
        Assert.Equal(1440, Number(models["flux/flux-pro-1.1"], "max_width"));
        foreach (var id in new[] { "veo/veo-3.1-generate-001", "veo-gemini/veo-3.1-generate-preview" })
        {
            Assert.Equal((10, 1920), (Number(models[id], "requests_per_minute"), Number(models[id], "max_width")));
            Assert.Equal(["720p", "1080p"], models[id].At("limits.resolutions").EnumerateArray().Select(r => r.GetString()));
        }

        // Vertex AI stops at 37 s; the Gemini API would go on to 148 s, which is more than the 120 s of the configuration.
        Assert.Equal(37, Number(models["veo/veo-3.1-generate-001"], "max_extended_duration"));
        Assert.Equal(120, Number(models["veo-gemini/veo-3.1-generate-preview"], "max_extended_duration"));
        Assert.Null(models["veo-gemini/veo-3.0-generate-001"].Find("limits.max_extended_duration")?.GetString());
    }

    [Fact]
    public async Task Providers_ShippedConfiguration_ShowsTheRequestsPerMinute()
    {
        var providers = (await gateway.Client.GetAsync("/providers")).Json.At("data").EnumerateArray().ToDictionary(p => p.Text("name"));

        Assert.Equal(60, providers["flux"].At("requests_per_minute").GetInt32());
        Assert.Equal(10, providers["veo"].At("requests_per_minute").GetInt32());
    }

    private static int Number(JsonElement model, string limit) => (int)model.At("limits." + limit).GetDouble();
}
