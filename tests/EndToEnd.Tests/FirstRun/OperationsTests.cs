using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.FirstRun;

/// <summary>Lists, schemas, health, metrics.</summary>
public sealed class OperationsTests(Gateway gateway) : IClassFixture<Gateway>
{
    private readonly GatewayClient _client = gateway.Client;

    [Fact]
    public async Task List_Pages_ShowsEveryGenerationOnceNewestFirst()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await _client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=1"))));
        }

        var moderated = (await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:moderated")))).Json.Text("request_id");
        await Task.WhenAll(ids.Select(id => _client.EndOfAsync(id)));

        var seen = new List<string>();
        var cursor = "";
        do
        {
            var page = (await _client.GetAsync("/generations?status=success&provider=flux&limit=3" + cursor)).Json;
            Assert.InRange(page.At("data").GetArrayLength(), 0, 3);
            seen.AddRange(page.At("data").EnumerateArray().Select(g => g.Text("request_id")));
            cursor = page.At("next_cursor").GetString() is { } next ? "&cursor=" + next : null;
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Reverse(ids), seen.Where(ids.Contains));
        Assert.DoesNotContain(moderated, seen);
        var failed = (await _client.GetAsync("/generations?status=failed")).Json.At("data").EnumerateArray().Select(g => g.Text("request_id"));
        Assert.Contains(moderated, failed);
        Assert.Equal(0, (await _client.GetAsync("/generations?provider=nobody")).Json.At("data").GetArrayLength());
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=x")]
    [InlineData("status=done")]
    [InlineData("cursor=x")]
    public async Task List_BadQuery_IsAProblem(string query)
    {
        var answer = await _client.GetAsync("/generations?" + query);

        Assert.Equal(400, answer.Status);
        Assert.Equal("application/problem+json", answer.Header("Content-Type"));
    }

    [Theory]
    [InlineData("request")]
    [InlineData("response")]
    public async Task Schemas_Current_AreServed(string name)
    {
        var answer = await _client.GetAsync($"/schemas/2.0/{name}.json");

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/schema+json", answer.Header("Content-Type"));
        Assert.Equal("object", answer.Json.Text("type"));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_Running_IsOk(string path)
    {
        var answer = await _client.GetAsync(path);

        Assert.Equal(200, answer.Status);
        Assert.Equal("ok", answer.Json.Text("status"));
    }

    [Fact]
    public async Task Metrics_AfterAGeneration_CountIt()
    {
        await _client.PostAsync(Bodies.Of("flux", Bodies.Unique("A lighthouse")));

        var metrics = await Eventually.GetAsync(
            () => _client.GetAsync("/metrics"), a => a.Text.Contains("framegate_generations", StringComparison.Ordinal));

        Assert.Equal(200, metrics.Status);
        foreach (var name in new[]
        {
            "framegate_generations_total", "framegate_attempts_total", "framegate_provider_latency_seconds_bucket", "framegate_overhead_seconds",
            "framegate_generation_duration_seconds", "framegate_poll_lag_seconds", "framegate_cost",
        })
        {
            Assert.Contains(name, metrics.Text, StringComparison.Ordinal);
        }
    }
}
