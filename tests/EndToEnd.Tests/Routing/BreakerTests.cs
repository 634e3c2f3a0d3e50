using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>A destination that fails is left alone, and comes back by itself.</summary>
public sealed class BreakerTests : IClassFixture<RoutingGateway>
{
    private const string Quick = """{ "MinimumThroughput": 4, "BreakDuration": "00:00:03", "RecheckInterval": "00:00:01" }""";
    private readonly RoutingGateway _gateway;

    public BreakerTests(RoutingGateway gateway)
    {
        _gateway = gateway;
        _gateway.Behave();
    }

    [Fact]
    public async Task Post_CandidateFailsAgainAndAgain_IsNotAskedUntilItIsWell()
    {
        await using var framegate = await _gateway.StartAsync(Quick);
        var good = _gateway.Alpha.Submit;
        _gateway.Alpha.Submit = _ => Reaction.Answer(503, "{}");
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("failing")))).Status);
        }

        var broken = await RoutingGateway.DestinationAsync(framegate.Client, "alpha", "one");
        Assert.Equal(("failing", "open", 0), (broken.Text("state"), broken.Text("breaker"), broken.At("score").GetInt32()));
        var (asked, answer) = (_gateway.Alpha.Submits.Count, await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("moved"))));
        Assert.Equal(["beta.one accepted/yes"], RoutingGateway.Attempts(answer.Json));
        Assert.Equal(asked, _gateway.Alpha.Submits.Count);

        _gateway.Alpha.Submit = good;
        await Eventually.GetAsync(
            async () => (await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("back")))).Json.Text("provider"), p => p == "alpha");
        Assert.Equal("closed", (await RoutingGateway.DestinationAsync(framegate.Client, "alpha", "one")).Text("breaker"));
    }

    [Fact]
    public async Task Post_OnlyDestinationIsBroken_WaitsForItAndSucceeds()
    {
        await using var framegate = await _gateway.StartAsync(Quick);
        var good = _gateway.Alpha.Submit;
        _gateway.Alpha.Submit = _ => Reaction.Answer(503, "{}");
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(502, (await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("failing")))).Status);
        }

        _gateway.Alpha.Submit = good;
        var answer = await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("waited")));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["alpha.one accepted/yes"], RoutingGateway.Attempts(answer.Json));
    }

    /// <summary>A refusal says something about the request, and a 429 something about the pace.</summary>
    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    [InlineData(404)]
    [InlineData(429)]
    public async Task Post_ManyRefusals_NeverOpenTheBreaker(int status)
    {
        await using var framegate = await _gateway.StartAsync(Quick);
        _gateway.Alpha.Submit = _ => Reaction.Answer(status, "{}");
        for (var i = 0; i < 12; i++)
        {
            await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("refused")));
        }

        var destination = await RoutingGateway.DestinationAsync(framegate.Client, "alpha", "one");
        Assert.Equal("closed", destination.Text("breaker"));
        Assert.Equal(status != 429, destination.At("score").GetDouble() >= 1);
    }

    /// <summary>An account is as empty where a 200 says it.</summary>
    [Theory]
    [InlineData(402, "{}")]
    [InlineData(200, """{"detail":"Insufficient credits. Please add credits."}""")]
    public async Task Post_AccountIsEmpty_IsOutUntilTheProbeSaysOtherwise(int status, string body)
    {
        await using var framegate = await _gateway.StartAsync(Quick);
        _gateway.Alpha.Submit = _ => Reaction.Answer(status, body);
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"credits":0}""");

        Assert.Equal("beta", (await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("empty")))).Json.Text("provider"));
        var suspended = await RoutingGateway.DestinationAsync(framegate.Client, "alpha", "one");
        Assert.Equal(("suspended", "INSUFFICIENT_CREDITS"), (suspended.Text("state"), suspended.Text("suspended")));
        await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("empty")));
        var alone = await framegate.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("empty")));
        Assert.Equal((402, "INSUFFICIENT_CREDITS"), (alone.Status, alone.Json.At("error").Text("code")));
        Assert.Equal(["alpha.one unreachable/no"], RoutingGateway.Attempts(alone.Json));
        Assert.Single(_gateway.Alpha.Submits);

        _gateway.Alpha.Behave();
        _gateway.Alpha.Poll = r => r.Path == "/v1/credits" ? Reaction.Answer(200, """{"credits":100}""") : ChaosProvider.PollAnswerOf(_gateway.Alpha, r);
        await Eventually.GetAsync(() => RoutingGateway.DestinationAsync(framegate.Client, "alpha", "one"), d => d.Text("state") == "healthy");
        Assert.Equal("alpha", (await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("filled")))).Json.Text("provider"));
    }

    /// <summary>A destination that is drained by its weight, or has no key, takes no submit, and is no hope beside an empty account.</summary>
    [Fact]
    public async Task Post_AccountIsEmptyBesideOnesThatTakeNothing_IsToldSo()
    {
        await using var framegate = await _gateway.StartAsync(Quick);
        _gateway.Alpha.Submit = _ => Reaction.Answer(402, "{}");
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"credits":0}""");

        foreach (var attempts in (string[][])[["resting.eu refused/no", "resting.eu unreachable/no"], ["resting.eu unreachable/no"]])
        {
            var answer = await framegate.Client.PostAsync(Bodies.Of("resting", Bodies.Unique("empty")));
            Assert.Equal((402, "INSUFFICIENT_CREDITS"), (answer.Status, answer.Json.At("error").Text("code")));
            Assert.Equal(attempts, RoutingGateway.Attempts(answer.Json));
        }

        Assert.Single(_gateway.Alpha.Submits);
        Assert.Empty(_gateway.Beta.Submits);
    }
}
