using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>Where a request goes on when a candidate comes to nothing, and where it must not.</summary>
public sealed class FallbackPolicyTests : IClassFixture<RoutingGateway>
{
    private readonly RoutingGateway _gateway;

    public FallbackPolicyTests(RoutingGateway gateway)
    {
        _gateway = gateway;
        _gateway.Behave();
    }

    [Theory]
    [InlineData(429, "RATE_LIMIT_EXCEEDED")]
    [InlineData(503, "PROVIDER_ERROR")]
    [InlineData(404, "INVALID_MODEL")]
    [InlineData(410, "INVALID_MODEL")]
    public async Task Post_FirstCandidateRefuses_GoesOnAtOnceAndPaysOnce(int status, string code)
    {
        _gateway.Alpha.Submit = _ => Reaction.Answer(status, "{}", "application/json", "Retry-After: 60");

        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("refused")));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["alpha.one refused/no", "beta.one accepted/yes"], RoutingGateway.Attempts(answer.Json));
        Assert.Equal(code, answer.Json.Text("metadata.attempts[0].code"));
        Assert.Equal(("beta", "first"), (answer.Json.Text("provider"), answer.Json.Text("metadata.alias")));
        Assert.Equal("beta", answer.Header("Framegate-Provider"));
        Assert.Single(_gateway.Alpha.Submits);
        Assert.Single(_gateway.Beta.Submits);
    }

    /// <summary>These take the destination out for a while, so that they need a gateway of their own.</summary>
    [Theory]
    [InlineData(402, "INSUFFICIENT_CREDITS")]
    [InlineData(401, "AUTHENTICATION_FAILED")]
    public async Task Post_AccountOfTheFirstIsNoGood_GoesOnAtOnce(int status, string code)
    {
        await using var framegate = await _gateway.StartAsync();
        _gateway.Alpha.Submit = _ => Reaction.Answer(status, "{}");

        var answer = await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("account")));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["alpha.one refused/no", "beta.one accepted/yes"], RoutingGateway.Attempts(answer.Json));
        Assert.Equal(code, answer.Json.Text("metadata.attempts[0].code"));
    }

    [Fact]
    public async Task Post_FirstCandidateCannotBeReached_GoesOn()
    {
        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body("closed-first", Bodies.Unique("unreachable")));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["closed.one unreachable/no", "beta.one accepted/yes"], RoutingGateway.Attempts(answer.Json));
    }

    [Fact]
    public async Task Post_OneRegionRefuses_GoesToTheOther()
    {
        _gateway.Alpha.Submit = _ => Reaction.Answer(429, "{}");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("regions", Bodies.Unique("regions")));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["regions.eu refused/no", "regions.us accepted/yes"], RoutingGateway.Attempts(answer.Json));
    }

    /// <summary>The provider may have the job: nobody else is asked.</summary>
    [Theory]
    [InlineData("reset")]
    [InlineData("hang")]
    [InlineData("500")]
    [InlineData("half")]
    public async Task Post_AnswerLeavesDoubt_NeverGoesOn(string how)
    {
        _gateway.Alpha.Submit = _ => how switch
        {
            "reset" => Reaction.Reset,
            "hang" => Reaction.Hang,
            "500" => Reaction.Answer(500, "{}"),
            _ => Reaction.Cut(200, "{\"cost\":4,"u8.ToArray(), "application/json"),
        };
        var everything = new JsonObject
        {
            ["retry_on"] = new JsonArray("PROVIDER_ERROR", "NETWORK_ERROR", "TIMEOUT", "UNKNOWN_ERROR"),
        };

        await using var framegate = await _gateway.StartAsync(patience: how == "hang" ? 2 : 30);
        var answer = await framegate.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique(how), ("retry_config", everything)));

        Assert.Equal("unknown", answer.Json.Text("metadata.phase"));
        Assert.Equal(["alpha.one unknown/unknown"], RoutingGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Alpha.Submits);
        Assert.Empty(_gateway.Beta.Submits);
    }

    [Fact]
    public async Task Post_RequestItselfIsRefused_EndsUnlessTheCallerListsIt()
    {
        _gateway.Alpha.Submit = _ => Reaction.Answer(400, "{}");

        var ended = await _gateway.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("bad")));
        var listed = await _gateway.Client.PostAsync(RoutingGateway.Body(
            "first", Bodies.Unique("bad"), ("retry_config", new JsonObject { ["retry_on"] = new JsonArray("INVALID_REQUEST") })));

        Assert.Equal((400, "INVALID_REQUEST"), (ended.Status, ended.Json.Text("error.code")));
        Assert.Equal(["alpha.one refused/no"], RoutingGateway.Attempts(ended.Json));
        Assert.Equal(200, listed.Status);
        Assert.Equal(["alpha.one refused/no", "beta.one accepted/yes"], RoutingGateway.Attempts(listed.Json));
    }

    [Fact]
    public async Task Post_JobFailsAfterItWasAccepted_GoesOnOnlyWhenTheCallerListsIt()
    {
        _gateway.Alpha.Poll = _ => Reaction.Answer(200, """{"status":"Error","result":null}""");

        var ended = await _gateway.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("failed")));
        var listed = await _gateway.Client.PostAsync(RoutingGateway.Body(
            "first", Bodies.Unique("failed"), ("retry_config", new JsonObject { ["retry_on"] = new JsonArray("PROVIDER_ERROR") })));

        Assert.Equal((424, "PROVIDER_ERROR"), (ended.Status, ended.Json.Text("error.code")));
        Assert.Equal(["alpha.one accepted/unknown"], RoutingGateway.Attempts(ended.Json));
        Assert.Equal(200, listed.Status);
        Assert.Equal(["alpha.one accepted/unknown", "beta.one accepted/yes"], RoutingGateway.Attempts(listed.Json));
    }

    [Fact]
    public async Task Post_AllAreBusyForAMoment_TriesAgainAfterAPause()
    {
        var busy = 3;
        Reaction Submit(ChaosProvider provider, ScriptedRequest request, Func<ScriptedRequest, Reaction> good) =>
            Interlocked.Decrement(ref busy) >= 0 ? Reaction.Answer(429, "{}") : good(request);
        var (alpha, beta) = (_gateway.Alpha.Submit, _gateway.Beta.Submit);
        _gateway.Alpha.Submit = r => Submit(_gateway.Alpha, r, alpha);
        _gateway.Beta.Submit = r => Submit(_gateway.Beta, r, beta);

        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("busy")));

        // Three attempts are what the configuration allows in all.
        Assert.Equal(429, answer.Status);
        Assert.Equal(["alpha.one refused/no", "beta.one refused/no", "beta.one refused/no"], RoutingGateway.Attempts(answer.Json));

        busy = 2;
        Assert.Equal(200, (await _gateway.Client.PostAsync(RoutingGateway.Body("first", Bodies.Unique("busy")))).Status);
    }

    [Fact]
    public async Task Post_OneAttemptIsAllowed_DoesNotGoOn()
    {
        _gateway.Alpha.Submit = _ => Reaction.Answer(503, "{}");

        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body(
            "first", Bodies.Unique("once"), ("retry_config", new JsonObject { ["max_attempts"] = 1 })));

        Assert.Equal(502, answer.Status);
        Assert.Empty(_gateway.Beta.Submits);
    }

    [Fact]
    public async Task Post_RoundRobin_IsEven()
    {
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(200, (await _gateway.Client.PostAsync(RoutingGateway.Body("even", Bodies.Unique("even")))).Status);
        }

        Assert.Equal((3, 3), (_gateway.Alpha.Submits.Count, _gateway.Beta.Submits.Count));
    }
}
