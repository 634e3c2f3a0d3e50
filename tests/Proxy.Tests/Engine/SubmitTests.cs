using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

public sealed class SubmitTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task Run_NothingCanBeReached_TriesAsOftenAsIsAllowed()
    {
        Egress.On(NativeCall.Submit, Reply.Transport(HttpRequestError.ConnectionError));

        var state = await Engine.RunAsync(Engine.New("alpha"));

        Assert.Equal(Enumerable.Repeat((AttemptOutcome.Unreachable, Billed.No), 3), state.Attempts.Select(a => (a.Outcome, a.Billed)));
        Assert.Equal(GenerationPhase.Failed, state.Phase);
    }

    /// <remarks>A refusal that is forgotten makes a lost submit of it: its money stays reserved, and nobody else is asked.</remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_TheStoreIsAwayWhenTheSubmitIsRefused_GoesOnOnceItIsBack(bool isNamed)
    {
        Egress.On(
            NativeCall.Submit,
            new Reply(429)
            {
                Meanwhile = () =>
                {
                    (Engine.Store.Failures, Engine.Store.IsNamed) = (3, isNamed);
                    return Task.CompletedTask;
                },
            },
            Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal([("alpha", AttemptOutcome.Refused, Billed.No), ("beta", AttemptOutcome.Accepted, Billed.Yes)], state.Attempts.Select(a => (a.Provider, a.Outcome, a.Billed)));
    }

    [Fact]
    public async Task Run_WhatFollowsFromARefusalNeverWorks_EndsWithTheRefusal()
    {
        Egress.On(
            NativeCall.Submit,
            new Reply(429)
            {
                Meanwhile = () =>
                {
                    (Engine.Store.Failures, Engine.Store.IsNamed) = (5, false);
                    return Task.CompletedTask;
                },
            },
            Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal((GenerationPhase.Failed, ErrorCode.RateLimitExceeded, AttemptOutcome.Refused), (state.Phase, state.Error?.Code, state.Attempts.Single().Outcome));
    }

    /// <remarks>Its place at the provider and its money are held until it is over.</remarks>
    [Theory]
    [InlineData("room", true)]
    [InlineData("disk", false)]
    [InlineData("rights", false)]
    public async Task Run_WhatFollowsFromARefusalCannotBeDoneHere_EndsWithTheRefusal(string reason, bool isWaitedFor)
    {
        Egress.On(NativeCall.Submit, new Reply(429), Reply.Text);
        Engine.Store.Rejects = s => s.Phase != GenerationPhase.Queued ? null : reason switch
        {
            "room" => new NoRoomForBodyException(),
            "disk" => new IOException("The file is gone."),
            _ => new UnauthorizedAccessException("The file is another's."),
        };

        var state = await RunAsync("both");

        Assert.Equal((GenerationPhase.Failed, ErrorCode.RateLimitExceeded, 1), (state.Phase, state.Error?.Code, state.Attempts.Count));
        Assert.Equal(isWaitedFor, Engine.Time.GetUtcNow() >= state.Deadline);
    }

    /// <remarks>What could not be written down was not tried: the retry neither goes to a destination that has refused, nor sends one candidate's request to another.</remarks>
    [Fact]
    public async Task Run_TheStoreFailsAtTheRefusalOfTheLastDestination_GoesToTheNextCandidate()
    {
        var fails = new Reply(429)
        {
            Meanwhile = () =>
            {
                Engine.Store.Failures = 1;
                return Task.CompletedTask;
            },
        };
        Egress.On(NativeCall.Submit, new Reply(429), fails, Reply.Text);

        var state = await Engine.RunAsync(Engine.New("twin", change: s => s with
        {
            Alias = "both",
            Strategy = "Priority",
            Candidates = [new("twin", ScriptedAdapter.Model, 1, 1), new("beta", ScriptedAdapter.Model, 2, 1)],
            KeepsRequest = true,
        }));

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["Submit twin/eu", "Submit twin/us", "Submit beta/only"], Egress.Sent);
    }

    [Fact]
    public async Task Run_TheRowIsBornBetweenPickAndSend()
    {
        var generation = Engine.New("alpha");
        GenerationState? stored = null;
        var admitted = false;
        Egress.On(NativeCall.Submit, Reply.Text with
        {
            Meanwhile = () =>
            {
                (stored, admitted) = (Engine.Store.Stored(generation.State.Id), generation.Admitted.Task.IsCompletedSuccessfully);
                return Task.CompletedTask;
            },
        });

        await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Submitting, "alpha", "only"), (stored!.Phase, stored.JobLocation!.Cluster, stored.JobLocation.Destination));
        Assert.Equal(AttemptOutcome.Pending, Assert.Single(stored.Attempts).Outcome);
        Assert.True(admitted);
        Assert.Equal(2, Engine.Store.Writes);
    }

    [Fact]
    public async Task Run_TheConnectionTakesLong_IsStoredMeanwhileAsOneThatWaits()
    {
        var generation = Engine.New("alpha");
        GenerationState? stored = null;
        Egress.On(NativeCall.Submit, Reply.Text with
        {
            Connecting = async () =>
            {
                await generation.Admitted.Task;
                stored = Engine.Store.Stored(generation.State.Id);
            },
        });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Queued, 0), (stored!.Phase, stored.Attempts.Count));
        Assert.Equal((GenerationPhase.Succeeded, AttemptOutcome.Accepted), (state.Phase, Assert.Single(state.Attempts).Outcome));
        Assert.Equal([TimeSpan.FromMilliseconds(200)], Engine.Time.Pauses);
    }

    [Fact]
    public async Task Run_NoConnection_LeavesNoAttemptOnTheDiskBeforeItsOutcome()
    {
        Egress.On(NativeCall.Submit, Reply.Transport(HttpRequestError.ConnectionError), Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal([(AttemptOutcome.Unreachable, Billed.No), (AttemptOutcome.Accepted, Billed.Yes)], state.Attempts.Select(a => (a.Outcome, a.Billed)));
        Assert.Equal(3, Engine.Store.Writes);
    }

    [Fact]
    public async Task Run_TheRowCannotBeWritten_SendsNothingAndTheCallerIsTold()
    {
        var generation = Engine.New("alpha");
        Egress.On(NativeCall.Submit, Reply.Text);
        Engine.Store.Failures = 1;

        await Engine.RunAsync(generation);

        await Assert.ThrowsAnyAsync<Exception>(() => generation.Admitted.Task);
        Assert.Empty(Egress.Sent);
    }

    [Fact]
    public async Task Run_TheIdIsTaken_SendsNothing()
    {
        var first = await Engine.StoredAsync("alpha", s => s);
        var generation = Engine.New("alpha", change: s => s with { Id = first.State.Id });
        Egress.On(NativeCall.Submit, Reply.Text);

        await Engine.RunAsync(generation);

        Assert.Equal(InsertOutcome.IdTaken, await generation.Admitted.Task);
        Assert.Empty(Egress.Sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_TheAnswerCannotBeWritten_IsWrittenUntilTheDiskWorks(bool isNamed)
    {
        Engine.Store.IsNamed = isNamed;
        var generation = Engine.New("alpha");
        Egress.On(NativeCall.Submit, Reply.Job with
        {
            Meanwhile = () =>
            {
                Engine.Store.Failures = 3;
                return Task.CompletedTask;
            },
        });
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await Engine.RunAsync(generation);

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
        Assert.Equal(Enumerable.Repeat(TimeSpan.FromSeconds(1), 4), Engine.Time.Pauses);
    }

    [Fact]
    public async Task Run_CancelledBefore_SendsNothing()
    {
        var generation = Engine.New("alpha", change: s => s with { CancelRequested = true });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Cancelled, Failures.Cancelled), (state.Phase, state.Error!.Details!.Reason));
        Assert.Empty(Egress.Sent);
    }

    [Fact]
    public async Task Run_CancelledWhileTheSubmitIsRefused_IsNotSentAgain()
    {
        var generation = Engine.New("both");
        Egress.On(NativeCall.Submit, new Reply(429) { Meanwhile = () => CancelAsync(generation) });

        var state = await Engine.RunAsync(generation);

        Assert.Equal(GenerationPhase.Failed, state.Phase);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    /// <remarks>A provider's call about the job made this replica take over what the other one had stored, while its own submit was still being refused.</remarks>
    [Fact]
    public async Task Run_AnotherReplicaHasTheJobByTheTimeTheSubmitIsRefused_FollowsTheJob()
    {
        var generation = Engine.New("both");
        Egress.On(NativeCall.Submit, new Reply(429)
        {
            Meanwhile = () => Adopt(generation, s => s with { Phase = GenerationPhase.Running, Job = new JobHandle("job-1", ScriptedAdapter.Model) }),
        });
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, Egress.Count(NativeCall.Submit)));
    }

    [Fact]
    public async Task Run_AnotherReplicaHasRepeatedTheSubmitWithItsKeyByTheTimeItIsRefused_GoesOnWithTheKey()
    {
        var generation = Engine.New("keyed");
        Egress.On(
            NativeCall.Submit,
            new Reply(429)
            {
                Meanwhile = () => Adopt(generation, s => (s with { Phase = GenerationPhase.Unknown }).WithAttempt(a => a with { Outcome = AttemptOutcome.Unknown, Reconciled = ReconciledBy.IdempotencyKey })),
            },
            Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, ReconciledBy.IdempotencyKey), (state.Phase, Assert.Single(state.Attempts).Reconciled));
    }

    [Fact]
    public async Task Run_TheCallersTimeIsOver_SendsNothing()
    {
        var generation = Engine.New("alpha", change: s => s with { Deadline = s.CreatedAt });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.Timeout, false), (state.Phase, state.Error!.Code, state.FailedAtProvider));
        Assert.Empty(Egress.Sent);
    }

    [Fact]
    public async Task Run_TheProviderHasLeftTheConfiguration_AnotherCandidateTakesOver()
    {
        var generation = Engine.New("both", change: s => s with
        {
            Provider = "gone",
            Candidates = [new("gone", ScriptedAdapter.Model, 1, 1), new("beta", ScriptedAdapter.Model, 2, 1)],
        });
        Egress.On(NativeCall.Submit, Reply.Text);

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, "beta"), (state.Phase, state.Provider));
    }

    [Fact]
    public async Task Run_TheProviderHasLeftTheConfigurationAndNobodyElse_Fails()
    {
        var state = await Engine.RunAsync(Engine.New("alpha", change: s => s with { Provider = "gone" }));

        Assert.Equal((GenerationPhase.Failed, ErrorCode.InvalidModel), (state.Phase, state.Error!.Code));
    }

    [Fact]
    public async Task Run_TheBodyIsGone_Fails()
    {
        var generation = Engine.New("alpha");
        generation.Request = null;

        Assert.Equal(GenerationPhase.Failed, (await Engine.RunAsync(generation)).Phase);
    }

    [Fact]
    public async Task Run_TheProgramStops_LeavesItQueued()
    {
        using var stopping = new CancellationTokenSource();
        Egress.On(NativeCall.Submit, new Reply(503) { Meanwhile = stopping.CancelAsync });

        var state = await Engine.RunAsync(Engine.New("alpha"), stopping.Token);

        Assert.Equal((GenerationPhase.Queued, true), (state.Phase, state.IsOpen));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    private static Task CancelAsync(Generation generation)
    {
        generation.Update(s => s with { CancelRequested = true });
        return generation.Cancelled.CancelAsync();
    }

    private static Task Adopt(Generation generation, Func<GenerationState, GenerationState> theirs)
    {
        generation.Update(theirs);
        return Task.CompletedTask;
    }
}
