using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Catalogue;

/// <summary>A price in <c>routes.json</c> is what a request is estimated by, whoever the provider is.</summary>
public sealed class PriceTests(PriceTests.Priced gateway) : IClassFixture<PriceTests.Priced>
{
    [Theory]
    [InlineData("sora", "sora-2", """{"duration":8}""", 56.0)]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":4,"resolution":"720p"}""", 28.0)]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":8,"resolution":"1080p","audio":false}""", 24.0)]
    [InlineData("veo", "veo-3.1-generate-001", """{"duration":4,"n":2}""", 56.0)]
    [InlineData("veo-gemini", "veo-3.1-generate-preview", """{"duration":4}""", 28.0)]
    [InlineData("pika", "fal-ai/pika/v2.2/text-to-video", """{"duration":5,"resolution":"720p"}""", 35.0)]
    [InlineData("pika", "fal-ai/pika/v2.2/image-to-video", """{"image":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="}""", 7.0)]
    public async Task Post_ConfigurationHasAPrice_IsEstimatedByIt(string provider, string model, string parameters, double cost)
    {
        var answer = await gateway.Client.PostAsync(Body(provider, model, parameters), ("Prefer", "respond-async"));

        Assert.True(answer.Status == 202, answer.ToString());
        Assert.Equal((decimal)cost, answer.Json.At("cost").GetDecimal());
        Assert.True(answer.Json.At("metadata.cost_estimated").GetBoolean());
    }

    private static string Body(string provider, string model, string parameters) => new JsonObject
    {
        ["provider"] = provider,
        ["model"] = model,
        ["media_type"] = "video",
        ["prompt"] = Bodies.Unique("A tower"),
        ["parameters"] = JsonNode.Parse(parameters),
    }.ToJsonString();

    /// <summary>A gateway with prices that no provider has.</summary>
    public sealed class Priced : IAsyncLifetime
    {
        private const string Catalogue = """
            {
              "sora": { "sora-2": { "Price": { "PerSecond": 7 } } },
              "veo": { "veo-3.1-generate-001": { "Price": { "PerSecond": 7, "PerSecondBySize": { "1080p": 5, "1080p-silent": 3 } } } },
              "veo-gemini": { "veo-3.1-generate-preview": { "Price": { "PerSecond": 7 } } },
              "pika": {
                "fal-ai/pika/v2.2/text-to-video": { "Price": { "PerSecond": 7 } },
                "fal-ai/pika/v2.2/image-to-video": { "Price": { "PerResult": 7 } }
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
