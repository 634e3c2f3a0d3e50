using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>Polls that go wrong: an accepted job is asked about again, and never submitted again.</summary>
public sealed class PollChaosTests : IClassFixture<ChaosGateway>
{
    private readonly ChaosGateway _gateway;

    public PollChaosTests(ChaosGateway gateway)
    {
        _gateway = gateway;
        _gateway.Provider.Behave();
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("garbage")]
    [InlineData("half")]
    [InlineData("500")]
    [InlineData("html 502")]
    [InlineData("429")]
    [InlineData("404")]
    [InlineData("hang")]
    public async Task Post_TwoPollsGoWrong_SucceedsAllTheSame(string how)
    {
        var good = _gateway.Provider.Poll;
        var polls = 0;
        _gateway.Provider.Poll = r => Interlocked.Increment(ref polls) <= (how == "404" ? 1 : 2) ? Wrong(how) : good(r);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique(how)));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(["accepted/yes"], ChaosGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_PollsStayGarbage_TimesOutWithAnUnknownBill()
    {
        _gateway.Provider.Poll = _ => Wrong("garbage");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("garbage"), ("timeout", 8)));

        Assert.Equal((424, "TIMEOUT"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Contains("cannot be read", answer.Json.Text("error.message"), StringComparison.Ordinal);
        Assert.Equal(["accepted/unknown"], ChaosGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_ProviderForgetsTheJob_FailsWithAnUnknownBill()
    {
        _gateway.Provider.Poll = _ => Wrong("404");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("forgotten")));

        Assert.Equal((424, "PROVIDER_ERROR"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal("failed", answer.Json.Text("metadata.phase"));
        Assert.Equal(["accepted/unknown"], ChaosGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_PollsStayDown_TimesOutAndIsGivenUpAfterTheLateWindow()
    {
        _gateway.Provider.Poll = _ => Wrong("500");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("down"), ("timeout", 6)));

        Assert.Equal((424, "TIMEOUT"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(["accepted/unknown"], ChaosGateway.Attempts(answer.Json));
        var id = answer.Json.Text("request_id");
        var end = await Eventually.GetAsync(() => _gateway.Client.FindAsync(id), a => a.Json.Text("metadata.phase") == "failed");
        Assert.Equal("TIMEOUT", end.Json.Text("error.code"));
        Assert.Single(_gateway.Provider.Submits);
    }

    /// <summary>Even while a poll gets no answer at all, the caller hears in time.</summary>
    [Fact]
    public async Task Post_PollsHang_TimesOutInTime()
    {
        _gateway.Provider.Poll = _ => Reaction.Hang;

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("hang"), ("timeout", 1)));

        Assert.Equal((424, "TIMEOUT"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal("failed", answer.Json.Text("status"));
    }

    [Fact]
    public async Task Post_PollUrlOfAStranger_IsNeverCalledAndTheDocumentedOneIs()
    {
        _gateway.Provider.Submit = _ => Reaction.Answer(200, """{"id":"x","polling_url":"https://example.com/v1/get_result?id=x"}""");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("stranger")));

        Assert.True(answer.Status == 200, answer.ToString());

        // A job of another test may still be asked about.
        Assert.Contains(_gateway.Provider.Polls, p => p.Target == "/v1/get_result?id=x");
    }

    [Fact]
    public async Task Post_PollRedirectsToAnotherServer_TheKeyStaysHere()
    {
        var good = _gateway.Provider.Poll;
        var other = _gateway.Other;
        (other.React, var before) = (r => good(r), other.Requests.Count);
        _gateway.Provider.Poll = r => Reaction.Answer(302, "", "text/plain", $"Location: {other.Address}{r.Target}");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("redirect")));

        Assert.Equal(200, answer.Status);
        Assert.Equal(ChaosGateway.FluxKey, _gateway.Provider.Polls[0].Headers["x-key"]);
        var hop = Assert.Single(other.Requests.Skip(before));
        Assert.DoesNotContain(ChaosGateway.FluxKey, string.Join('\n', hop.Headers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_PollRedirectsForEver_IsLeftAlone()
    {
        _gateway.Provider.Poll = r => Reaction.Answer(302, "", "text/plain", $"Location: {r.Target}");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("redirect"), ("timeout", 3)));

        Assert.NotEqual(200, answer.Status);
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_StatusNobodyKnows_IsStillRunning()
    {
        var good = _gateway.Provider.Poll;
        var polls = 0;
        _gateway.Provider.Poll = r => Interlocked.Increment(ref polls) == 1
            ? Reaction.Answer(200, new JsonObject { ["status"] = "Dreaming", ["progress"] = "soon" }.ToJsonString())
            : good(r);

        Assert.Equal(200, (await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("dreaming")))).Status);
    }

    private static Reaction Wrong(string how) => how switch
    {
        "reset" => Reaction.Reset,
        "hang" => Reaction.Hang,
        "garbage" => Reaction.Answer(200, "{\"status\": ]]"),
        "half" => Reaction.Cut(200, "{\"status\":\"Ready\","u8.ToArray(), "application/json"),
        "500" => Reaction.Answer(500, "{}"),
        "html 502" => Reaction.Answer(502, "<html/>", "text/html"),
        "429" => Reaction.Answer(429, "{}", "application/json", "Retry-After: 1"),
        "404" => Reaction.Answer(404, """{"status":"Task not found"}"""),
        _ => throw new ArgumentException(how, nameof(how)),
    };
}
