using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Generations;

/// <summary>Vertex AI filters sample by sample: what is left is a success with a warning.</summary>
public sealed class PartlyFilteredTests(Gateway gateway) : IClassFixture<Gateway>
{
    [Theory]
    [InlineData(3, 1, 2)]
    [InlineData(4, 3, 1)]
    public async Task Post_SomeSamplesAreFiltered_SucceedsWithTheRestAndAWarning(int samples, int filtered, int left)
    {
        var answer = await gateway.Client.PostAsync(Body(samples, filtered));

        Assert.Equal((200, left), (answer.Status, answer.Json.At("result.media").GetArrayLength()));
        var warning = Assert.Single(answer.Json.At("metadata.warnings").EnumerateArray(), w => w.ToString().Contains("filter", StringComparison.Ordinal)).ToString();
        Assert.Contains($"{filtered} of {samples}", warning, StringComparison.Ordinal);
        Assert.Contains("violence", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_AllSamplesAreFiltered_IsARefusalThatCostsNothing()
    {
        var answer = await gateway.Client.PostAsync(Body(2, 2));

        Assert.Equal((422, "CONTENT_POLICY_VIOLATION"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal("no", answer.Json.Text("metadata.attempts[0].billed"));
    }

    private static string Body(int samples, int filtered) => new JsonObject
    {
        ["provider"] = "veo",
        ["model"] = "veo-3.1-fast-generate-001",
        ["media_type"] = "video",
        ["prompt"] = Bodies.Unique($"sandbox:filtered={filtered}"),
        ["parameters"] = new JsonObject { ["n"] = samples },
        ["timeout"] = 60,
    }.ToJsonString();
}
