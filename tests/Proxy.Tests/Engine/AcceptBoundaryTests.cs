using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Every row of the table "The accept boundary" in docs/reliability.md, and of its twin in docs/promises.</summary>
public sealed class AcceptBoundaryTests(TestEngine engine) : EngineTest(engine)
{
    private const string RetryOn = ""","retry_config":{"retry_on":["{0}"],"jitter":false}""";

    /// <summary>The provider certainly has no job: the answer, the outcome of the attempt, and whether this provider alone is tried again after a pause.</summary>
    public static TheoryData<string, string, bool> NoJob { get; } = new()
    {
        { "dns", "Unreachable", true },
        { "connect", "Unreachable", true },
        { "tls", "Unreachable", true },
        { "429", "Refused", true },
        { "503", "Refused", true },
        { "402", "Refused", false },
        { "401", "Refused", false },
        { "403", "Refused", false },
        { "404", "Refused", false },
        { "410", "Refused", false },
    };

    /// <summary>The request itself is refused: the answer, and its code, by both names.</summary>
    public static TheoryData<string, ErrorCode, string> Refusals { get; } = new()
    {
        { "400", ErrorCode.InvalidRequest, "INVALID_REQUEST" },
        { "422", ErrorCode.InvalidRequest, "INVALID_REQUEST" },
        { "content", ErrorCode.ContentPolicyViolation, "CONTENT_POLICY_VIOLATION" },
    };

    /// <summary>Nobody knows whether there is a job: the answer, and a code that a request might list.</summary>
    public static TheoryData<string, string> Unknowns { get; } = new()
    {
        { "reset", "NETWORK_ERROR" },
        { "time-out", "TIMEOUT" },
        { "500", "PROVIDER_ERROR" },
        { "502", "PROVIDER_ERROR" },
        { "504", "TIMEOUT" },
        { "half", "NETWORK_ERROR" },
        { "garbage", "UNKNOWN_ERROR" },
    };

    [Theory]
    [MemberData(nameof(NoJob))]
    public async Task NoJob_AnotherCandidate_TakesOverAtOnce(string answer, string outcome, bool busy)
    {
        Egress.On(NativeCall.Submit, ReplyOf(answer), Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["Submit alpha/only", "Submit beta/only"], Egress.Sent);
        Assert.Equal([outcome, "Accepted"], state.Attempts.Select(a => a.Outcome.ToString()));
        Assert.Equal(Billed.No, state.Attempts[0].Billed);
        Assert.Empty(Engine.Time.Pauses);
        Assert.Equal(busy, state.ExcludedCandidates is null);
    }

    [Theory]
    [MemberData(nameof(NoJob))]
    public async Task NoJob_AnotherDestination_TakesOverAtOnceUnlessTheModelIsGone(string answer, string outcome, bool busy)
    {
        _ = busy;
        Egress.On(NativeCall.Submit, ReplyOf(answer), Reply.Text);

        var state = await RunAsync("twin");

        var isGone = answer is "404" or "410";
        Assert.Equal(isGone ? ["Submit twin/eu"] : ["Submit twin/eu", "Submit twin/us"], Egress.Sent);
        Assert.Equal(outcome, state.Attempts[0].Outcome.ToString());
        Assert.Equal(isGone ? GenerationPhase.Failed : GenerationPhase.Succeeded, state.Phase);
        Assert.Empty(Engine.Time.Pauses);
    }

    [Theory]
    [MemberData(nameof(NoJob))]
    public async Task NoJob_NobodyElse_IsTriedAgainAfterAPauseWhereThatCanHelp(string answer, string outcome, bool busy)
    {
        Egress.On(NativeCall.Submit, ReplyOf(answer), Reply.Text);

        var state = await RunAsync("alpha", ""","retry_config":{"jitter":false}""");

        Assert.Equal(busy ? GenerationPhase.Succeeded : GenerationPhase.Failed, state.Phase);
        Assert.Equal(busy ? 2 : 1, Egress.Count(NativeCall.Submit));
        Assert.Equal(outcome, state.Attempts[0].Outcome.ToString());
        Assert.Equal(busy ? [TimeSpan.FromMilliseconds(500)] : [], Engine.Time.Pauses);
    }

    [Fact]
    public async Task NothingAvailable_AnotherCandidate_TakesOverAndNoAttemptIsShown()
    {
        Egress.On(NativeCall.Submit, new Reply(0) { NothingAvailable = true }, Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal("beta", Assert.Single(state.Attempts).Provider);
    }

    /// <summary>The earlier refusal is the reason, and whoever asks now has to hear it.</summary>
    [Theory]
    [InlineData(ErrorCode.InsufficientCredits)]
    [InlineData(ErrorCode.AuthenticationFailed)]
    public async Task EveryDestinationIsSuspended_TheCodeIsThatOfTheSuspension(ErrorCode code)
    {
        Egress.On(NativeCall.Submit, new Reply(0) { NothingAvailable = true, Suspended = ("one", code) });

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Failed, code, false), (state.Phase, state.Error!.Code, state.Error.Retryable));
        var attempt = Assert.Single(state.Attempts);
        Assert.Equal(("alpha", "one", AttemptOutcome.Unreachable, code, Billed.No), (attempt.Provider, attempt.Destination, attempt.Outcome, attempt.Code, attempt.Billed));
        Assert.StartsWith("nothing was sent", attempt.Cause, StringComparison.Ordinal);
        Assert.Empty(Engine.Time.Pauses);
    }

    [Fact]
    public async Task EveryDestinationIsSuspended_AnotherCandidate_TakesOver()
    {
        Egress.On(NativeCall.Submit, new Reply(0) { NothingAvailable = true, Suspended = ("one", ErrorCode.InsufficientCredits) }, Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal([ErrorCode.InsufficientCredits, null], state.Attempts.Select(a => a.Code));
    }

    [Fact]
    public async Task NothingAvailable_NobodyElse_IsTriedOnceTheBreakerLetsASubmitThrough()
    {
        Egress.On(NativeCall.Submit, new Reply(0) { NothingAvailable = true, AvailableAfter = TimeSpan.FromSeconds(15) }, Reply.Text);

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal([TimeSpan.FromSeconds(15)], Engine.Time.Pauses);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refused_EndsTheRequest(string answer, ErrorCode code, string name)
    {
        _ = name;
        Egress.On(NativeCall.Submit, ReplyOf(answer), Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal((GenerationPhase.Failed, code), (state.Phase, state.Error!.Code));
        Assert.Equal(AttemptOutcome.Refused, Assert.Single(state.Attempts).Outcome);
        Assert.Null(state.Cost);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Refused_TheRequestListsTheCode_GoesOn(string answer, ErrorCode code, string name)
    {
        _ = code;
        Egress.On(NativeCall.Submit, ReplyOf(answer), Reply.Text);

        var state = await RunAsync("both", RetryOn.Replace("{0}", name, StringComparison.Ordinal));

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(2, state.Attempts.Count);
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task Unknown_IsNeverSentAgain(string answer, string code)
    {
        foreach (var (provider, more) in new[] { ("both", ""), ("alpha", ""), ("twin", ""), ("both", RetryOn.Replace("{0}", code, StringComparison.Ordinal)) })
        {
            Egress.Reset();
            Egress.On(NativeCall.Submit, ReplyOf(answer), Reply.Text);

            var state = await RunAsync(provider, more);

            Assert.Equal(GenerationPhase.Unknown, state.Phase);
            Assert.Equal(1, Egress.Count(NativeCall.Submit));
            Assert.Equal((AttemptOutcome.Unknown, Billed.Unknown), (state.Attempts.Single().Outcome, state.Attempts.Single().Billed));
            Assert.Equal(Failures.SubmitOutcomeUnknown, state.Error!.Details!.Reason);
            Assert.False(state.IsOpen);
        }
    }

    [Theory]
    [MemberData(nameof(Unknowns))]
    public async Task Unknown_ProviderListsItsJobs_IsLookedForAndFollowed(string answer, string code)
    {
        _ = code;
        Egress.On(NativeCall.Submit, ReplyOf(answer));
        Egress.On(NativeCall.Find, new Reply(200, "job-7"));
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await RunAsync("finder");

        Assert.Equal((GenerationPhase.Succeeded, "job-7"), (state.Phase, state.Job!.NativeId));
        Assert.Equal(AttemptOutcome.Accepted, state.Attempts.Single().Outcome);
    }

    [Theory]
    [InlineData("unbilled", "", true)]
    [InlineData("failed", "", false)]
    [InlineData("failed", "PROVIDER_ERROR", true)]
    public async Task AcceptedThenFailed_AnotherCandidate_OnlyWhereNothingWasBilledOrTheRequestListsIt(string word, string listed, bool goesOn)
    {
        foreach (var atOnce in new[] { true, false })
        {
            Egress.Reset();
            Egress.On(NativeCall.Submit, atOnce ? new Reply(200, word) : Reply.Job, Reply.Text);
            Egress.On(NativeCall.Poll, new Reply(200, word));

            var state = await RunAsync("both", listed.Length == 0 ? "" : RetryOn.Replace("{0}", listed, StringComparison.Ordinal));

            Assert.Equal(goesOn ? GenerationPhase.Succeeded : GenerationPhase.Failed, state.Phase);
            Assert.Equal(goesOn ? ["alpha", "beta"] : ["alpha"], state.Attempts.Select(a => a.Provider));
            Assert.Equal(AttemptOutcome.Accepted, state.Attempts[0].Outcome);
            Assert.Equal(word == "unbilled" ? Billed.No : Billed.Unknown, state.Attempts[0].Billed);
        }
    }

    /// <remarks>What the first may have billed is not the second's.</remarks>
    [Fact]
    public async Task AcceptedThenFailed_ItMayHaveBeenBilled_IsRememberedAsItsProvidersBill()
    {
        Egress.On(NativeCall.Submit, Reply.Job, Reply.Text);
        Egress.On(NativeCall.Poll, new Reply(200, "failed"));
        var generation = Engine.New("both", RetryOn.Replace("{0}", "PROVIDER_ERROR", StringComparison.Ordinal), s => s with { Cost = 0.05m, CostEstimated = true });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, "beta", 0.05m), (state.Phase, state.Provider, state.Spent));
        Assert.Equal(new EarlierBill("alpha", ScriptedAdapter.Model, 0.05m, true), Assert.Single(state.Bills!));
    }

    [Fact]
    public async Task Accepted_IsPolledWhereItWasBorn()
    {
        Egress.On(NativeCall.Submit, Reply.Transport(HttpRequestError.ConnectionError), Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Job, Reply.Text);

        var state = await RunAsync("twin");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["Submit twin/eu", "Submit twin/us", "Poll twin/us", "Poll twin/us"], Egress.Sent);
    }

    [Fact]
    public async Task EveryCandidateIsBusy_TheyAreTriedAgainAfterAPause()
    {
        Egress.On(NativeCall.Submit, new Reply(429), new Reply(503), Reply.Text);

        var state = await RunAsync("both", ""","retry_config":{"jitter":false}""");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(3, state.Attempts.Count);
        Assert.Equal([TimeSpan.FromSeconds(1)], Engine.Time.Pauses);
    }

    [Fact]
    public async Task LastCandidateIsOut_TheBusyOneIsTriedAgain()
    {
        Egress.On(NativeCall.Submit, new Reply(429), new Reply(401), Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["alpha", "beta", "alpha"], state.Attempts.Select(a => a.Provider));
    }

    [Theory]
    [InlineData("Retry-After", "7", 7)]
    [InlineData("retry-after-ms", "2500", 2.5)]
    public async Task ProviderAsksForAPause_GetsIt(string header, string value, double seconds)
    {
        Egress.On(NativeCall.Submit, new Reply(429).With(header, value), Reply.Text);

        await RunAsync("alpha");

        Assert.Equal([TimeSpan.FromSeconds(seconds)], Engine.Time.Pauses);
    }

    [Fact]
    public async Task ProviderAsksForADate_GetsIt()
    {
        Egress.On(NativeCall.Submit, new Reply(429).With("Retry-After", Engine.Time.GetUtcNow().AddSeconds(37).ToString("r", System.Globalization.CultureInfo.InvariantCulture)), Reply.Text);

        await RunAsync("alpha");

        Assert.InRange(Assert.Single(Engine.Time.Pauses).TotalSeconds, 36, 37);
    }

    [Fact]
    public async Task PauseWouldOutlastTheCallersTime_IsNotBegun()
    {
        Egress.On(NativeCall.Submit, new Reply(429).With("Retry-After", "301"));

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Failed, ErrorCode.RateLimitExceeded), (state.Phase, state.Error!.Code));
        Assert.Equal(301, state.Error.RetryAfter);
        Assert.Empty(Engine.Time.Pauses);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData(""","retry_config":{"max_attempts":2}""", 2)]
    [InlineData(""","retry_config":{"max_attempts":9}""", 3)]
    public async Task NothingHelps_EndsWithTheBudget(string more, int attempts)
    {
        Egress.On(NativeCall.Submit, new Reply(503));

        var state = await RunAsync("alpha", more);

        Assert.Equal(GenerationPhase.Failed, state.Phase);
        Assert.Equal(attempts, state.Attempts.Count);
        Assert.True(state.FailedAtProvider);
    }

    private static Reply ReplyOf(string answer) => answer switch
    {
        "dns" => Reply.Transport(HttpRequestError.NameResolutionError),
        "connect" => Reply.Transport(HttpRequestError.ConnectionError),
        "tls" => Reply.Transport(HttpRequestError.SecureConnectionError),
        "reset" => Reply.Transport(HttpRequestError.ResponseEnded),
        "time-out" => new Reply(0) { Error = ForwarderError.RequestTimedOut, Exception = new OperationCanceledException() },
        "half" => new Reply(200) { IsBroken = true },
        "garbage" => new Reply(200, "<html>"),
        "content" => new Reply(422, "content"),
        var status => new Reply(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
