using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>Submits that go wrong: whatever may have been accepted is sent once and reported as unknown.</summary>
public sealed class SubmitChaosTests : IClassFixture<ChaosGateway>
{
    private const string Page = "<html><body>Bad Gateway</body></html>";
    private readonly ChaosGateway _gateway;

    public SubmitChaosTests(ChaosGateway gateway)
    {
        _gateway = gateway;
        _gateway.Provider.Behave();
    }

    public static TheoryData<string, string> Doubtful => new()
    {
        { "reset", "NETWORK_ERROR" },
        { "hang", "TIMEOUT" },
        { "garbage", "UNKNOWN_ERROR" },
        { "empty", "UNKNOWN_ERROR" },
        { "html 502", "PROVIDER_ERROR" },
        { "half", "NETWORK_ERROR" },
        { "no id", "UNKNOWN_ERROR" },
        { "null", "UNKNOWN_ERROR" },
        { "array", "UNKNOWN_ERROR" },
        { "500", "PROVIDER_ERROR" },
        { "504", "TIMEOUT" },
        { "too large", "NETWORK_ERROR" },
    };

    [Theory]
    [MemberData(nameof(Doubtful))]
    public async Task Post_FluxAnswerLeavesDoubt_EndsUnknownAfterOneSubmit(string how, string code)
    {
        _gateway.Provider.Submit = _ => Wrong(how);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique(how)));

        Assert.Equal((424, code, "false"), (answer.Status, answer.Json.Text("error.code"), answer.Header("x-should-retry")));
        Assert.False(answer.Json.At("error.retryable").GetBoolean());
        Assert.Null(answer.Header("Retry-After"));
        Assert.Equal("unknown", answer.Json.Text("metadata.phase"));
        Assert.Equal("submit_outcome_unknown", answer.Json.Text("error.details.reason"));
        Assert.Equal(["unknown/unknown"], ChaosGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_TheAnswerBreaksOffBehindTheId_TheJobIsFollowed()
    {
        _gateway.Provider.Submit = _ => Reaction.Cut(200, "{\"id\":\"job-x\",\"polling_url\":\"http"u8.ToArray(), "application/json");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("cut")));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Contains(_gateway.Provider.Polls, p => p.Target == "/v1/get_result?id=job-x");
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_SubmitIsRedirected_NothingWasStarted()
    {
        _gateway.Provider.Submit = _ => Wrong("redirect");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("redirect")));

        Assert.Equal((502, "PROVIDER_ERROR"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(["refused/no"], ChaosGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Provider.Submits);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("zstd")]
    public async Task Post_EveryAnswerIsPacked_IsRead(string coding)
    {
        var (submit, poll) = (_gateway.Provider.Submit, _gateway.Provider.Poll);
        _gateway.Provider.Submit = r => Packed(submit(r), coding);
        _gateway.Provider.Poll = r => Packed(poll(r), coding);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique(coding)));

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Contains(coding, _gateway.Provider.Submits[0].Headers["Accept-Encoding"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TheProviderQuotesTheKey_ItIsMasked()
    {
        _gateway.Provider.Submit = _ => Reaction.Answer(400, $$"""{"detail":"Key {{ChaosGateway.FluxKey}} may not do that."}""");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("quote")));

        Assert.Contains("may not do that", answer.Json.Text("error.message"), StringComparison.Ordinal);
        Assert.DoesNotContain(ChaosGateway.FluxKey, answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("hang")]
    [InlineData("html 502")]
    [InlineData("half")]
    [InlineData("no id")]
    public async Task Post_SoraAnswerLeavesDoubt_FindsTheVideoAfterOneSubmit(string how)
    {
        var prompt = Bodies.Unique(how);
        _gateway.Provider.Submit = _ => Wrong(how);
        _gateway.Provider.List = _ => Reaction.Answer(200, ChaosProvider.ListOf(Bodies.Unique("video").Replace(' ', '_'), prompt));

        var answer = await _gateway.Client.PostAsync(Bodies.Of("sora", prompt));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["accepted/yes"], ChaosGateway.Attempts(answer.Json));

        // The provider of a busy machine may read the submit only after it was given up.
        await Eventually.GetAsync(() => Task.FromResult(_gateway.Provider.Submits.Count), n => n > 0);
        Assert.Single(_gateway.Provider.Submits);
    }

    [Fact]
    public async Task Post_SoraVideoIsNotInTheList_WasNotAcceptedAndIsNotBilled()
    {
        _gateway.Provider.Submit = _ => Reaction.Reset;
        _gateway.Provider.List = _ => Reaction.Answer(200, ChaosProvider.ListOf("video_of_another", "Another prompt"));

        var answer = await _gateway.Client.PostAsync(Bodies.Of("sora", Bodies.Unique("lost"), ("retry_config", new JsonObject { ["max_attempts"] = 1 })));

        Assert.Equal((502, "failed"), (answer.Status, answer.Json.Text("metadata.phase")));
        Assert.Equal(["unreachable/no"], ChaosGateway.Attempts(answer.Json));
        Assert.Equal("list", answer.Json.Text("metadata.attempts[0].reconciled"));
        Assert.Single(_gateway.Provider.Submits);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("500")]
    [InlineData("reset")]
    public async Task Post_SoraListGoesWrongToo_EndsUnknownAfterOneSubmit(string how)
    {
        _gateway.Provider.Submit = _ => Reaction.Reset;
        _gateway.Provider.List = _ => Wrong(how);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("sora", Bodies.Unique("lost"), ("timeout", 30)));

        Assert.Equal((424, "unknown"), (answer.Status, answer.Json.Text("metadata.phase")));
        Assert.Single(_gateway.Provider.Submits);
    }

    /// <summary>A connection that was good a moment ago: the client must not send the same submit over a new one by itself.</summary>
    [Theory]
    [InlineData("flux")]
    [InlineData("sora")]
    public async Task Post_ResetOnAWarmConnection_IsNotSentAgain(string provider)
    {
        Assert.Equal(200, (await _gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("warm")))).Status);
        _gateway.Provider.Server.Forget();
        _gateway.Provider.Submit = _ => Reaction.Reset;

        var answer = await _gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("cold"), ("timeout", 8)));

        Assert.Equal(424, answer.Status);
        Assert.Equal(["unknown/unknown"], ChaosGateway.Attempts(answer.Json));
        Assert.Single(_gateway.Provider.Submits);
    }

    /// <summary>The connection stood, so bytes may have been written: nobody can say that the provider has not got them.</summary>
    [Fact]
    public async Task Post_ResetBeforeReading_IsNotSentAgain()
    {
        // A pooled connection would not be met by the reset; the pool keeps idle ones for 30 s, so every one is used up first.
        _gateway.Provider.Submit = _ => Reaction.Reset;
        await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("drain")));
        _gateway.Provider.Behave();
        _gateway.Provider.Server.ResetConnections(1);

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("reset")));

        Assert.Equal((424, "NETWORK_ERROR"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(["unknown/unknown"], ChaosGateway.Attempts(answer.Json));
        Assert.Empty(_gateway.Provider.Submits);
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("nowhere")]
    public async Task Post_ProviderCannotBeReached_IsTriedAgainAndCostsNothing(string provider)
    {
        var answer = await _gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("unreachable")));

        Assert.Equal((502, "NETWORK_ERROR"), (answer.Status, answer.Json.Text("error.code")));
        Assert.True(answer.Json.At("error.retryable").GetBoolean());
        Assert.Equal("failed", answer.Json.Text("metadata.phase"));
        Assert.Equal(["unreachable/no", "unreachable/no", "unreachable/no"], ChaosGateway.Attempts(answer.Json));
    }

    [Theory]
    [InlineData(400, 400, "INVALID_REQUEST", 1)]
    [InlineData(401, 502, "AUTHENTICATION_FAILED", 1)]
    [InlineData(404, 404, "INVALID_MODEL", 1)]
    [InlineData(410, 404, "INVALID_MODEL", 1)]
    [InlineData(503, 502, "PROVIDER_ERROR", 3)]
    public async Task Post_ProviderRefuses_CostsNothing(int native, int status, string code, int submits)
    {
        _gateway.Provider.Submit = _ => Reaction.Answer(native, Page, "text/html");

        foreach (var provider in new[] { "flux", "sora" })
        {
            _gateway.Provider.Server.Forget();
            var answer = await _gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("refused")));

            Assert.Equal((status, code), (answer.Status, answer.Json.Text("error.code")));
            Assert.Equal(native, answer.Json.At("error.details.native_status").GetInt32());
            Assert.Equal(Enumerable.Repeat("refused/no", submits), ChaosGateway.Attempts(answer.Json));
            Assert.Equal(submits, _gateway.Provider.Submits.Count);
        }
    }

    /// <summary>A refusal is known by its status, even when the text of it never arrives.</summary>
    [Fact]
    public async Task Post_RefusalBreaksOff_IsStillARefusal()
    {
        _gateway.Provider.Submit = _ => Reaction.Cut(400, "{\"det"u8.ToArray(), "application/json");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("refused")));

        Assert.Equal((400, "INVALID_REQUEST"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(["refused/no"], ChaosGateway.Attempts(answer.Json));
    }

    [Fact]
    public async Task Post_RetryAfterIsLongerThanTheCallersTime_EndsAtOnce()
    {
        _gateway.Provider.Submit = _ => Reaction.Answer(429, "{}", "application/json", "Retry-After: 60");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("busy"), ("timeout", 20)));

        Assert.Equal(429, answer.Status);
        Assert.Equal("60", answer.Header("Retry-After"));
        Assert.Single(_gateway.Provider.Submits);
    }

    private static Reaction Packed(Reaction plain, string coding)
    {
        var whole = ((Reaction.WriteReaction)plain).Bytes;
        var body = whole[(whole.AsSpan().IndexOf("\r\n\r\n"u8) + 4)..];
        using var packed = new MemoryStream();
        using (Stream packer = coding switch
        {
            "br" => new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(packed),
            _ => new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true),
        })
        {
            packer.Write(body);
        }

        return Reaction.Answer(200, packed.ToArray(), "application/json", $"Content-Encoding: {coding}");
    }

    private Reaction Wrong(string how) => how switch
    {
        "reset" => Reaction.Reset,
        "hang" => Reaction.Hang,
        "garbage" => Reaction.Answer(200, "{\"id\": ]]"),
        "empty" => Reaction.Answer(200, ""),
        "html 502" => Reaction.Answer(502, Page, "text/html"),
        "half" => Reaction.Cut(200, "{\"id\":\"job-"u8.ToArray(), "application/json"),
        "no id" => Reaction.Answer(200, "{\"status\":\"queued\"}"),
        "null" => Reaction.Answer(200, "null"),
        "array" => Reaction.Answer(200, "[1]"),
        "500" => Reaction.Answer(500, "{\"detail\":\"no\"}"),
        "504" => Reaction.Answer(504, "{}"),
        "redirect" => Reaction.Answer(307, "", "text/plain", $"Location: {_gateway.Provider.Server.Address}/v1/elsewhere"),
        "too large" => Reaction.Answer(200, new string(' ', (4 * 1024 * 1024) + 1)),
        _ => throw new ArgumentException(how, nameof(how)),
    };
}
