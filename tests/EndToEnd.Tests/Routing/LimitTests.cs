using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>The limits of a provider: who waits, who is told to come back, and who goes elsewhere.</summary>
public sealed class LimitTests : IClassFixture<RoutingGateway>
{
    private const string Breaker = "{}";
    private readonly RoutingGateway _gateway;

    public LimitTests(RoutingGateway gateway)
    {
        _gateway = gateway;
        _gateway.Behave();
    }

    [Fact]
    public async Task Post_ProviderIsFull_WaitsItsTurnAndSaysSo()
    {
        await using var framegate = await _gateway.StartAsync(Breaker, """{ "alpha": { "JobsAtOnce": 1 } }""");
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"status":"Pending"}""");
        var first = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("first")));
        await Eventually.GetAsync(() => framegate.Client.FindAsync(first), a => a.Json.Text("metadata.phase") == "running");
        var second = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("second")));
        var third = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("third")));
        await Eventually.GetAsync(() => framegate.Client.FindAsync(third), a => a.Json.Find("metadata.queue.position")?.GetInt32() == 2);
        Assert.Single(_gateway.Alpha.Submits);

        _gateway.Alpha.Poll = r => ChaosProvider.PollAnswerOf(_gateway.Alpha, r);

        var done = await framegate.Client.EndOfAsync(third);
        Assert.Equal("success", done.Text("status"));
        Assert.InRange(done.At("metadata.queue.waited_ms").GetInt64(), 1, 60_000);
        Assert.Null(done.Find("metadata.queue.position"));
        Assert.Equal("success", (await framegate.Client.EndOfAsync(second)).Text("status"));
        Assert.Equal(0, (await RoutingGateway.DestinationAsync(framegate.Client, "alpha", "one")).At("open_jobs").GetInt32());
    }

    [Fact]
    public async Task Post_TurnComesTooLate_IsToldWhenToComeBack()
    {
        await using var framegate = await _gateway.StartAsync(Breaker, """{ "alpha": { "RequestsPerMinute": 1 } }""");
        Assert.Equal(200, (await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("first")))).Status);

        var answer = await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("second"), ("timeout", 5)));

        Assert.Equal((429, "RATE_LIMIT_EXCEEDED"), (answer.Status, answer.Json.Text("error.code")));
        Assert.InRange(int.Parse(answer.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 30, 60);
        Assert.Empty(RoutingGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Alpha.Submits);
    }

    [Fact]
    public async Task Post_Priorities_TheHighestGoesFirstWhateverCameFirst()
    {
        await using var framegate = await _gateway.StartAsync(Breaker, """{ "alpha": { "JobsAtOnce": 1 } }""");
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"status":"Pending"}""");
        var first = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("first")));
        await Eventually.GetAsync(() => framegate.Client.FindAsync(first), a => a.Json.Text("metadata.phase") == "running");
        var ids = new List<string>();
        foreach (var priority in new int?[] { 0, 3, null, 9, 3 })
        {
            // The default is 5.
            var metadata = priority is { } level ? new JsonObject { ["priority"] = level } : [];
            ids.Add(await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique($"priority {priority}"), ("metadata", metadata))));
        }

        await Eventually.GetAsync(() => framegate.Client.FindAsync(ids[0]), a => a.Json.Find("metadata.queue.position")?.GetInt32() == 5);
        _gateway.Alpha.Poll = r => ChaosProvider.PollAnswerOf(_gateway.Alpha, r);
        foreach (var id in ids)
        {
            Assert.Equal("success", (await framegate.Client.EndOfAsync(id)).Text("status"));
        }

        Assert.Equal(
            ["first", "priority 9", "priority ", "priority 3", "priority 3", "priority 0"],
            _gateway.Alpha.Submits.Select(s => JsonNode.Parse(s.Text)!["prompt"]!.GetValue<string>()).Select(p => p[..p.LastIndexOf(' ')]));
    }

    [Theory]
    [InlineData("10")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"9\"")]
    public async Task Post_NoPriority_IsRefused(string priority)
    {
        var answer = await _gateway.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("priority"), ("metadata", JsonNode.Parse($$"""{"priority":{{priority}}}"""))));

        Assert.Equal((400, "metadata.priority"), (answer.Status, answer.Json.Text("error.details.fields[0].field")));
    }

    [Fact]
    public async Task Post_QueueIsFull_IsToldWhenToComeBack()
    {
        await using var framegate = await _gateway.StartAsync(Breaker, """{ "alpha": { "JobsAtOnce": 1, "MaxQueued": 1 } }""");
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"status":"Pending"}""");
        var first = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("first")));
        await Eventually.GetAsync(() => framegate.Client.FindAsync(first), a => a.Json.Text("metadata.phase") == "running");
        var second = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("second")));
        await Eventually.GetAsync(() => framegate.Client.FindAsync(second), a => a.Json.Find("metadata.queue.position")?.GetInt32() == 1);

        var answer = await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("third")));

        Assert.Equal((429, "RATE_LIMIT_EXCEEDED"), (answer.Status, answer.Json.Text("error.code")));
        Assert.True(answer.Json.At("error.retryable").GetBoolean());
        Assert.InRange(int.Parse(answer.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 3600);
        Assert.Single(_gateway.Alpha.Submits);
        _gateway.Alpha.Poll = r => ChaosProvider.PollAnswerOf(_gateway.Alpha, r);
        Assert.Equal("success", (await framegate.Client.EndOfAsync(second)).Text("status"));
    }

    [Fact]
    public async Task Post_AliasAndFirstIsFull_GoesToTheOther()
    {
        await using var framegate = await _gateway.StartAsync(Breaker, """{ "alpha": { "RequestsPerMinute": 1 } }""");

        var providers = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            providers.Add((await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("full")))).Json.Text("provider"));
        }

        Assert.Equal(["alpha", "beta", "beta"], providers);
    }

    /// <summary>Killed while one job runs and another waits for its turn: neither is lost, neither is paid twice, and the limit still holds.</summary>
    [Fact]
    public async Task Kill_JobsWaitForTheirTurn_GoOnAfterTheRestart()
    {
        using var data = new TempFolder();
        const string Limits = """{ "alpha": { "JobsAtOnce": 1 } }""";
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"status":"Pending"}""");
        string first, second;
        await using (var framegate = await _gateway.StartAsync(Breaker, Limits, data.Path))
        {
            first = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("first")));
            await Eventually.GetAsync(() => framegate.Client.FindAsync(first), a => a.Json.Text("metadata.phase") == "running");
            second = await framegate.Client.StartAsync(Bodies.Of("alpha", Bodies.Unique("second")));
            await framegate.KillAsync();
        }

        await using var again = await _gateway.StartAsync(Breaker, Limits, data.Path);
        await Eventually.GetAsync(() => again.Client.FindAsync(second), a => a.Json.Find("metadata.queue.position")?.GetInt32() == 1);
        Assert.Equal(1, (await RoutingGateway.DestinationAsync(again.Client, "alpha", "one")).At("open_jobs").GetInt32());
        Assert.Single(_gateway.Alpha.Submits);
        _gateway.Alpha.Poll = r => ChaosProvider.PollAnswerOf(_gateway.Alpha, r);

        Assert.Equal("success", (await again.Client.EndOfAsync(first)).Text("status"));
        Assert.Equal("success", (await again.Client.EndOfAsync(second)).Text("status"));
        Assert.Equal(2, _gateway.Alpha.Submits.Count);
    }
}
