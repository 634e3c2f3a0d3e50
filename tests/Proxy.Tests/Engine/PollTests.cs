using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What happens to a job that a provider has accepted: polled once a second here, for 5 minutes and then for the hour of late results.</summary>
public sealed class PollTests(TestEngine engine) : EngineTest(engine)
{
    [Theory]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("broken")]
    [InlineData("half")]
    public async Task Poll_AnswerSaysNothing_IsAskedAgain(string answer)
    {
        var nothing = answer switch
        {
            "broken" => Reply.Transport(HttpRequestError.ResponseEnded),
            "half" => new Reply(200) { IsBroken = true },
            var status => new Reply(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)),
        };
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(nothing, 20), Reply.Text]);

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(21, Egress.Count(NativeCall.Poll));
    }

    /// <summary>A poll that hangs is not worth the caller's time; the next one may take twice as long.</summary>
    [Fact]
    public async Task Poll_GetsNoAnswerInTime_IsMadeAgainWithMorePatience()
    {
        var slow = Reply.Text with
        {
            Meanwhile = () =>
            {
                Engine.Time.Advance(TimeSpan.FromSeconds(20));
                return Task.CompletedTask;
            },
        };
        Egress.On(NativeCall.Poll, slow, slow);

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Succeeded, 2), (state.Phase, Egress.Count(NativeCall.Poll)));
    }

    [Theory]
    [InlineData(30, GenerationPhase.Succeeded)]
    [InlineData(31, GenerationPhase.Failed)]
    public async Task Poll_JobIsNotKnown_FailsAfterTheGrace(int times, GenerationPhase phase)
    {
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(new Reply(404), times), Reply.Text]);

        Assert.Equal(phase, (await RunAsync("alpha")).Phase);
    }

    [Fact]
    public async Task Poll_Running_ShowsProgress()
    {
        GenerationState? seen = null;
        var generation = await AcceptedAsync("alpha");
        Egress.On(NativeCall.Poll, Reply.Job, Reply.Text with
        {
            Meanwhile = () =>
            {
                seen = generation.State;
                return Task.CompletedTask;
            },
        });

        await Engine.RunAsync(generation);

        Assert.Equal(0.5, seen!.Progress);
    }

    /// <summary>What an answer gives of the job for the next question may be another thing each time.</summary>
    [Fact]
    public async Task Poll_WhatIsKeptOfTheJobChanges_TheNextQuestionHasIt()
    {
        string? kept = null;
        var generation = await AcceptedAsync("alpha");
        Egress.On(NativeCall.Poll, new Reply(200, "kept a"), new Reply(200, "kept b"), Reply.Text with
        {
            Meanwhile = () =>
            {
                kept = generation.State.Job!.State["kept"];
                return Task.CompletedTask;
            },
        });

        await Engine.RunAsync(generation);

        Assert.Equal("kept b", kept);
    }

    [Fact]
    public async Task Poll_TheClientCancels_CancelsAtTheProvider()
    {
        var generation = await AcceptedAsync("alpha");
        Egress.On(NativeCall.Poll, Reply.Job with { Meanwhile = () => CancelAsync(generation) });
        Egress.On(NativeCall.Cancel, new Reply(200));

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Cancelled, Billed.No), (state.Phase, state.Attempts.Single().Billed));
        Assert.Equal(["Poll alpha/only", "Cancel alpha/only"], Egress.Sent);
    }

    /// <summary>A provider that has only heard of the cancel is asked once more: of a job that it bills nothing for, the caller's money comes back.</summary>
    [Theory]
    [InlineData("unbilled", Billed.No)]
    [InlineData("failed", Billed.Unknown)]
    [InlineData("job", Billed.Unknown)]
    [InlineData("text", Billed.Unknown)]
    [InlineData("garbage", Billed.Unknown)]
    [InlineData("404", Billed.Unknown)]
    [InlineData("reset", Billed.Unknown)]
    [InlineData("silence", Billed.Unknown)]
    public async Task Poll_TheCancelIsOnlyHeard_TheJobsOwnWordDecidesAboutItsBill(string word, Billed billed)
    {
        var generation = await Engine.StoredAsync("alpha", s => Accepted(s) with { Cost = 0.2m, CostEstimated = true });
        Egress.On(NativeCall.Poll, Reply.Job with { Meanwhile = () => CancelAsync(generation) }, word switch
        {
            "404" => new Reply(404),
            "reset" => Reply.Transport(HttpRequestError.ResponseEnded),
            "silence" => new Reply(200, "unbilled")
            {
                Meanwhile = () =>
                {
                    Engine.Time.Advance(TimeSpan.FromSeconds(6));
                    return Task.CompletedTask;
                },
            },
            _ => new Reply(200, word),
        });
        Egress.On(NativeCall.Cancel, new Reply(202));

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Cancelled, billed), (state.Phase, state.Attempts.Single().Billed));
        Assert.Equal(billed == Billed.No ? 0 : 0.2m, state.Cost ?? 0);
        Assert.Equal(["Poll alpha/only", "Cancel alpha/only", "Poll alpha/only"], Egress.Sent);
    }

    [Fact]
    public async Task Poll_TheCallersTimeIsOver_IsToldSoAndTheLateResultIsKept()
    {
        var generation = await AcceptedAsync("alpha");
        GenerationState? late = null;
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(Reply.Job, 310), Reply.Text with
        {
            Meanwhile = () =>
            {
                late = generation.State;
                return Task.CompletedTask;
            },
        }]);

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationStatus.Failed, ErrorCode.Timeout, true), (late!.Status, late.Error!.Code, late.IsOpen));
        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error));
    }

    [Fact]
    public async Task Poll_NothingComesInTheHourAfter_IsGivenUp()
    {
        Egress.On(NativeCall.Poll, Reply.Job);
        var generation = await AcceptedAsync("alpha");

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.Timeout), (state.Phase, state.Error!.Code));
        Assert.Equal(TimeSpan.FromMinutes(65), Engine.Time.GetUtcNow() - state.CreatedAt);
        Assert.Equal(0, Egress.Count(NativeCall.Cancel));
    }

    [Fact]
    public async Task Poll_TheProviderCancelsAtTheDeadline_IsAskedOnceMoreFirst()
    {
        Egress.On(NativeCall.Poll, Reply.Job);
        Egress.On(NativeCall.Cancel, new Reply(200));
        var generation = await AcceptedAsync("hasty");

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.Timeout), (state.Phase, state.Error!.Code));
        Assert.Equal(Billed.No, state.Attempts.Single().Billed);
        Assert.DoesNotContain("late result", state.Error.Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(5), Engine.Time.GetUtcNow() - state.CreatedAt);
        Assert.Equal(["Poll hasty/only", "Cancel hasty/only"], Egress.Sent[^2..]);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Poll_TheCancelAtTheDeadlineIsInVain_TheLateResultIsKept(int status)
    {
        GenerationState? late = null;
        var generation = await AcceptedAsync("hasty");
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(Reply.Job, 305), Reply.Text with
        {
            Meanwhile = () =>
            {
                late = generation.State;
                return Task.CompletedTask;
            },
        }]);
        Egress.On(NativeCall.Cancel, new Reply(status));

        var state = await Engine.RunAsync(generation);

        Assert.Contains("late result", late!.Error!.Message, StringComparison.Ordinal);
        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error));
        Assert.Equal(1, Egress.Count(NativeCall.Cancel));
    }

    [Fact]
    public async Task Poll_TheAddressMayNotBeCalled_TheDocumentedOneIsAsked()
    {
        var generation = await Engine.StoredAsync("flux", s => Accepted(s) with { Job = new JobHandle("job-1", s.Model) { PollUrl = "https://stranger.example/1" } });
        Egress.On(NativeCall.Poll, new Reply(200, """{"id":"job-1","status":"Request Moderated"}"""));
        Egress.Untrusted = target => target.Contains("stranger", StringComparison.Ordinal);

        var state = await Engine.RunAsync(generation);

        Assert.Equal(ErrorCode.ContentPolicyViolation, state.Error!.Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Poll_TheAddressLeadsNowhere_TheDocumentedOneIsAsked(bool isPrivate)
    {
        var generation = await Engine.StoredAsync("flux", s => Accepted(s) with { Job = new JobHandle("job-1", s.Model) { PollUrl = "https://api.gone.bfl.ai/v1/get_result?id=job-1" } });
        Egress.On(
            NativeCall.Poll,
            new Reply(0)
            {
                Error = Yarp.ReverseProxy.Forwarder.ForwarderError.Request,
                Exception = isPrivate ? new PrivateAddressException("no") : new HttpRequestException("?", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound)),
            },
            new Reply(200, """{"id":"job-1","status":"Request Moderated"}"""));

        var state = await Engine.RunAsync(generation);

        Assert.Equal(ErrorCode.ContentPolicyViolation, state.Error!.Code);
        Assert.Equal(2, Egress.Count(NativeCall.Poll));
    }

    [Fact]
    public async Task Poll_TheProgramWasDownForTooLong_IsAskedBeforeItIsGivenUp()
    {
        Egress.On(NativeCall.Poll, new Reply(503), Reply.Job, Reply.Text);
        var generation = await AcceptedAsync("alpha");
        Engine.Time.Advance(TimeSpan.FromHours(9));

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, null), (state.Phase, state.Error));
    }

    [Fact]
    public async Task Poll_TheProviderAsksForAnHour_IsAskedAtTheDeadline()
    {
        Egress.On(NativeCall.Poll, new Reply(429).With("Retry-After", "3600"), Reply.Text);
        var generation = await Engine.StoredAsync("alpha", s => Accepted(s) with { Deadline = s.CreatedAt.AddSeconds(10) });

        var state = await Engine.RunAsync(generation);

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.InRange(Engine.Time.GetUtcNow() - state.CreatedAt, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Poll_TheProgramStops_LeavesItRunning()
    {
        using var stopping = new CancellationTokenSource();
        Egress.On(NativeCall.Poll, Reply.Job with { Meanwhile = stopping.CancelAsync });

        var state = await Engine.RunAsync(await AcceptedAsync("alpha"), stopping.Token);

        Assert.Equal((GenerationPhase.Running, true), (state.Phase, state.IsOpen));
    }

    [Fact]
    public async Task Poll_TheClusterIsGone_AsksWhereTheJobWasBorn()
    {
        Egress.On(NativeCall.Poll, Reply.Text);
        var generation = await Engine.StoredAsync("alpha", s => Accepted(s) with
        {
            Provider = "gone",
            JobLocation = new JobLocation("gone", "eu", "https://gone.example/", null),
        });

        Assert.Equal(GenerationPhase.Succeeded, (await Engine.RunAsync(generation)).Phase);
        Assert.Equal(["Poll gone/eu"], Egress.Sent);
    }

    [Theory]
    [InlineData("alpha", 0, 1)]
    [InlineData("alpha", 4, 5)]
    [InlineData("hasty", 0, 1)]
    public async Task Poll_ResumedLongAfterItsTime_IsAskedBeforeItsEndIsDecided(string provider, int unanswered, int polls)
    {
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(Reply.Transport(HttpRequestError.ConnectionError), unanswered), Reply.Text]);

        var state = await Engine.RunAsync(await ResumedAsync(provider));

        Assert.Equal((GenerationPhase.Succeeded, null, polls), (state.Phase, state.Error, Egress.Count(NativeCall.Poll)));
    }

    [Theory]
    [InlineData("running")]
    [InlineData("away")]
    public async Task Poll_ResumedLongAfterItsTimeAndNotDone_FailsAfterAnotherMinute(string answer)
    {
        Egress.On(NativeCall.Poll, answer == "running" ? Reply.Job : Reply.Transport(HttpRequestError.ConnectionError));

        var state = await Engine.RunAsync(await ResumedAsync("alpha"));

        Assert.Equal((GenerationPhase.Failed, ErrorCode.Timeout), (state.Phase, state.Error!.Code));
        Assert.InRange(Egress.Count(NativeCall.Poll), 2, 60);
    }

    private async Task<Generation> ResumedAsync(string provider)
    {
        var stored = await Engine.StoredAsync(provider, s => Accepted(s) with { CreatedAt = s.CreatedAt.AddDays(-2), Deadline = s.Deadline.AddDays(-2) });
        return new Generation(stored.State, Engine.Time) { Resumed = true };
    }

    private static GenerationState Accepted(GenerationState state) => state with
    {
        Phase = GenerationPhase.Running,
        SubmittedAt = state.CreatedAt,
        Attempts = [new AttemptReport(state.Provider, "only", AttemptOutcome.Accepted, null, Billed.Unknown, 1)],
        JobLocation = new JobLocation(state.Provider, "only", $"https://only.{state.Provider}.example/", null),
        Job = new JobHandle("job-1", ScriptedAdapter.Model),
    };

    private static Task CancelAsync(Generation generation)
    {
        generation.Update(s => s with { CancelRequested = true });
        return generation.Cancelled.CancelAsync();
    }

    private Task<GenerationState> RunAsync(string provider) => RunAcceptedAsync(provider);

    private async Task<GenerationState> RunAcceptedAsync(string provider) => await Engine.RunAsync(await AcceptedAsync(provider));

    private Task<Generation> AcceptedAsync(string provider) => Engine.StoredAsync(provider, Accepted);
}
