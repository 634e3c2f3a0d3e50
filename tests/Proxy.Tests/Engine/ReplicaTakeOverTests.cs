using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Jobs;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Submit;
using Framegate.Proxy.Host;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A replica that was paused for longer than its lease: what it learns of a generation that another one has taken meanwhile.</summary>
[Collection(PostgresTests.Name)]
public sealed class ReplicaTakeOverTests(PostgresServer server) : IAsyncLifetime, IDisposable
{
    private static readonly JobHandle s_job = new("native-1", "m");
    private static readonly GenerationError s_lost = new() { Code = ErrorCode.NetworkError, Message = "Nobody knows.", Timestamp = States.Now };
    private readonly TempFolder _folder = new();
    private readonly string _schema = server.NewSchema();
    private WebApplication _app = null!;
    private GenerationWriter _writer = null!;
    private IGenerationStore _store = null!;
    private IFleet _fleet = null!;
    private string _owner = "";

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder.Path, "routes.json");
        var store = new JsonObject { ["Postgres"] = $"{server.Process.Address};Search Path={_schema};Maximum Pool Size=8;Timeout=60;Command Timeout=60" };
        await File.WriteAllTextAsync(config, new JsonObject { ["Framegate"] = new JsonObject { ["Store"] = store } }.ToJsonString());
        _app = FramegateHost.Create(
            new HostArguments(false, null, "http://127.0.0.1:0", config, _folder.Path), new HostSettings(null, null), new DataFolder(_folder.Path));
        await _app.Services.GetServices<IHostedService>().OfType<PostgresStart>().Single().StartAsync(default);
        _writer = _app.Services.GetRequiredService<GenerationWriter>();
        _store = _app.Services.GetRequiredService<IGenerationStore>();
        _fleet = _app.Services.GetRequiredService<IFleet>();
        _owner = _app.Services.GetRequiredService<StoreOwner>().Id;
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task KeepAsync_TheJobWasGivenUpMeanwhile_IsFollowedByWhoeverComes()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => GivenUp(s));

        await Assert.ThrowsAsync<LeaseLostException>(() => _writer.KeepAsync(generation, Accepted).AsTask());

        var taken = Assert.Single(await _store.ClaimAsync("third", TimeSpan.FromMinutes(1), 10, default)).State;
        Assert.Equal((GenerationPhase.Running, true, "native-1"), (taken.Phase, taken.IsOpen, taken.Job?.NativeId));
        Assert.Equal((AttemptOutcome.Accepted, null), (Assert.Single(taken.Attempts).Outcome, taken.Attempts[0].Reconciled));

        // Its caller was told that it failed, and is so until there is a result.
        Assert.Equal(GenerationStatus.Failed, taken.Status);
    }

    [Fact]
    public async Task SucceedAsync_TheJobWasGivenUpMeanwhile_IsASuccess()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => GivenUp(s));

        await Assert.ThrowsAsync<LeaseLostException>(
            () => _writer.SucceedAsync(generation, s => s with { Result = new GenerationResult([], "the text"), Error = null }).AsTask());

        var stored = await FindAsync();
        Assert.Equal((GenerationStatus.Success, false, "the text"), (stored.Status, stored.IsOpen, stored.Result?.Text));
    }

    [Fact]
    public async Task KeepAsync_TheOtherOneStillLooksForTheJob_HearsOfIt()
    {
        var generation = await SubmittingAsync();
        var taken = await TakeOverAsync(s => s with { Phase = GenerationPhase.Unknown });
        var keeping = Assert.ThrowsAsync<LeaseLostException>(() => _writer.KeepAsync(generation, Accepted).AsTask());

        JobHandle? called = null;
        await foreach (var wish in _fleet.WishesAsync("other", default))
        {
            called = wish.Findings?.Job;
            break;
        }

        Assert.Equal("native-1", called?.NativeId);
        await SaveAsync(Accepted(taken) with { Warnings = ["theirs"] }, taken.Revision + 1);
        await keeping;
        Assert.Equal(("native-1", "theirs"), ((await FindAsync()).Job?.NativeId, Assert.Single((await FindAsync()).Warnings)));
    }

    [Fact]
    public async Task KeepAsync_TheOtherOneHasSentItAgain_DropsWhatBelongsToTheFirst()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => s with { Attempts = s.AttemptsAnd(s.Attempts[0]), SubmittedAt = States.Now.AddSeconds(9), Phase = GenerationPhase.Unknown, IsOpen = false, FinishedAt = States.Now, Error = s_lost });

        var state = await _writer.KeepAsync(generation, Accepted);

        Assert.Equal((GenerationPhase.Unknown, null), (state.Phase, (await FindAsync()).Job));
    }

    [Theory]
    [InlineData(Billed.No, 0)]
    [InlineData(Billed.Yes, 2)]
    public async Task AnsweredAsync_TheSubmitWasRefusedAndTheOtherOneHasGivenItUp_IsAFailureWithItsBill(Billed billed, int charge)
    {
        var generation = await SubmittingAsync("https://receiver.example/");
        await TakeOverAsync(s => GivenUp(s));
        Assert.Equal(2, (await FindAsync()).Charge);

        await Assert.ThrowsAsync<LeaseLostException>(() => RefusedAsync(generation, billed));

        var stored = await FindAsync();
        Assert.Equal((GenerationPhase.Failed, false, ErrorCode.RateLimitExceeded, null), (stored.Phase, stored.IsOpen, stored.Error?.Code, stored.Error?.Details?.Reason));
        Assert.Equal((billed == Billed.Yes ? AttemptOutcome.Accepted : AttemptOutcome.Refused, billed, 429), (stored.Attempts[0].Outcome, stored.Attempts[0].Billed, stored.Attempts[0].HttpStatus));
        Assert.Equal(charge, stored.Charge);

        // Its caller was told that it failed before.
        Assert.Equal(0L, await server.TellAsync(_schema, "SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task AnsweredAsync_TheOtherOneHasRepeatedTheSubmitWithItsKey_LeavesItsEndAlone()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => GivenUp(s).WithAttempt(a => a with { Reconciled = ReconciledBy.IdempotencyKey }));

        await Assert.ThrowsAsync<LeaseLostException>(() => RefusedAsync(generation, Billed.No));

        Assert.Equal((GenerationPhase.Unknown, 2), ((await FindAsync()).Phase, (await FindAsync()).Charge));
    }

    /// <remarks>A stop has cut the repetition although the provider has taken it; or its job is followed. Nobody drives it for the moment.</remarks>
    [Theory]
    [InlineData(GenerationPhase.Unknown)]
    [InlineData(GenerationPhase.Running)]
    public async Task AnsweredAsync_TheOtherOneHasRepeatedTheSubmitAndLetGoOfIt_LeavesItToWhoeverComes(GenerationPhase phase)
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => phase == GenerationPhase.Running ? Accepted(s) : GivenUp(s) with { IsOpen = true, FinishedAt = null, Error = null });
        await SaveAsync((await FindAsync()).WithAttempt(a => a with { Reconciled = phase == GenerationPhase.Running ? null : ReconciledBy.IdempotencyKey }), 9);
        await _fleet.ReleaseAsync("other", null, default);

        await Assert.ThrowsAsync<LeaseLostException>(() => RefusedAsync(generation, Billed.No));

        var stored = await FindAsync();
        Assert.Equal((phase, true, 9, 1), (stored.Phase, stored.IsOpen, stored.Revision, stored.Attempts.Count));
    }

    [Fact]
    public async Task KeepAsync_TheOtherOneHasRepeatedTheSubmitAndLetGoOfIt_FollowsTheJob()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => (s with { Phase = GenerationPhase.Unknown }).WithAttempt(a => a with { Reconciled = ReconciledBy.IdempotencyKey }));
        await _fleet.ReleaseAsync("other", null, default);

        await _writer.KeepAsync(generation, Accepted);

        Assert.Equal((GenerationPhase.Running, "native-1"), ((await FindAsync()).Phase, (await FindAsync()).Job?.NativeId));
    }

    /// <remarks>The other one has found the job and has let go of it, as one that stops does. This process hears only that its own line was cut.</remarks>
    [Fact]
    public async Task RecoverAsync_TheAnswerIsLostAndTheOtherOneFollowsTheJob_LeavesTheJobAlone()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(Accepted);
        await _fleet.ReleaseAsync("other", null, default);

        await _app.Services.GetRequiredService<SubmitRecovery>().RecoverAsync(RunOf(generation), null, new ProviderFailure(ErrorCode.NetworkError, "The line was cut.") { Acceptance = Acceptance.Unknown });

        var stored = await FindAsync();
        Assert.Equal((GenerationPhase.Running, "native-1", null, AttemptOutcome.Accepted), (stored.Phase, stored.Job?.NativeId, stored.SubmitFailure, stored.Attempts[0].Outcome));
    }

    /// <remarks>There is no room for the inputs of the next try. That is waited for, but not by a program that stops.</remarks>
    [Theory]
    [InlineData(false, GenerationPhase.Queued)]
    [InlineData(true, GenerationPhase.Failed)]
    public async Task AnsweredAsync_ThereIsNoRoomForTheNextTry_WaitsForItUntilTheProgramStops(bool stops, GenerationPhase phase)
    {
        using var stopping = new CancellationTokenSource();
        var tries = 0;
        var writer = ActivatorUtilities.CreateInstance<GenerationWriter>(_app.Services, new FullStore(_store, () =>
        {
            if (++tries == 2 && stops)
            {
                stopping.Cancel();
            }

            return tries < 20;
        }));
        var time = new JumpingTime();
        var recovery = ActivatorUtilities.CreateInstance<SubmitRecovery>(_app.Services, writer, new Lifetime(stopping.Token), time);
        var generation = await SubmittingAsync(time: time);

        await recovery.AnsweredAsync(RunOf(generation), new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "busy"), 429, 5));

        Assert.Equal((phase, AttemptOutcome.Refused), ((await FindAsync()).Phase, (await FindAsync()).Attempts[0].Outcome));
    }

    [Fact]
    public async Task AnsweredAsync_TheOtherOneStillLooksForTheJob_HearsOfTheRefusal()
    {
        var generation = await SubmittingAsync();
        var taken = await TakeOverAsync(s => s with { Phase = GenerationPhase.Unknown });
        var leaving = Assert.ThrowsAsync<LeaseLostException>(() => RefusedAsync(generation, Billed.No));

        SubmitFindings? findings = null;
        await foreach (var wish in _fleet.WishesAsync("other", default))
        {
            findings = wish.Findings;
            break;
        }

        Assert.Equal((ErrorCode.RateLimitExceeded, 429, null), (findings?.Refusal?.Failure.Code, findings?.Refusal?.HttpStatus, findings?.Job));
        Assert.True(findings!.IsOf(taken));
        await SaveAsync(taken with { Phase = GenerationPhase.Queued }, taken.Revision + 1);
        await leaving;
    }

    /// <remarks>The try that was stored is on the disk with its delivery; the next one is stored on top of it.</remarks>
    [Fact]
    public async Task WriteAsync_TheAnswerToItsFirstTryWasLost_TellsTheReceiverOnce()
    {
        var writer = ActivatorUtilities.CreateInstance<GenerationWriter>(_app.Services, new LosingStore(_store));
        var generation = await SubmittingAsync("https://receiver.example/");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => OverdueAsync(1));
        await OverdueAsync(2);
        await writer.EndAsync(generation, GenerationPhase.Failed, s => s);

        Assert.Equal(1L, await server.TellAsync(_schema, "SELECT count(*) FROM deliveries"));

        Task OverdueAsync(int second) => writer.WriteAsync(generation, s => s with { Error = s_lost, FinishedAt = States.Now.AddSeconds(second) }).AsTask();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FailAsync_ItHasEndedMeanwhile_IsCountedByWhoeverHasEndedIt(bool byUs)
    {
        var log = new Lines<GenerationWriter>();
        var writer = ActivatorUtilities.CreateInstance<GenerationWriter>(_app.Services, byUs ? new LosingStore(_store) : _store, log);
        var generation = await SubmittingAsync();
        if (byUs)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => writer.FailAsync(generation, s_lost, atProvider: true).AsTask());
        }
        else
        {
            await TakeOverAsync(s => GivenUp(s));
        }

        Assert.Empty(log.Ids);
        await writer.FailAsync(generation, s_lost, atProvider: true);

        Assert.False(generation.State.IsOpen);
        Assert.Equal(byUs ? 1 : 0, log.Ids.Count);
    }

    /// <remarks>Each try of a process that cannot reach the store counts, so that its number may be above its successor's.</remarks>
    [Fact]
    public async Task FailAsync_AfterManyTries_LeavesTheEndOfTheOtherOneAlone()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => s with { Phase = GenerationPhase.Succeeded, IsOpen = false, FinishedAt = States.Now, Result = new GenerationResult([], "theirs") });
        while (generation.NextRevision() < 50)
        {
        }

        var state = await _writer.FailAsync(generation, s_lost, atProvider: true);

        Assert.Equal((GenerationStatus.Success, "theirs"), (state.Status, state.Result?.Text));
        Assert.Equal("theirs", (await FindAsync()).Result?.Text);
    }

    /// <remarks>A database that comes back after the writer has given up: the next try finds the end of the one before.</remarks>
    [Fact]
    public async Task SucceedAsync_TheAnswerToItsFirstTryWasLost_CountsTheEnd()
    {
        var (registry, budgets) = (_app.Services.GetRequiredService<HealthRegistry>(), _app.Services.GetRequiredService<IBudgetLedger>());
        var generation = await SubmittingAsync();
        registry.Moved(null, generation.State, default);
        generation.BudgetHold = budgets.Adopt("local", States.Now, 2, "gen_a", generation.State.Revision);
        var ended = (generation.State with { Result = new GenerationResult([], "first"), Cost = 0.5m }).End(GenerationPhase.Succeeded, States.Now, null, _owner);
        await SaveAsync(ended, generation.NextRevision(), _owner);
        Assert.Equal(1, registry.For("flux", "only").Load.Open);

        var state = await _writer.SucceedAsync(generation, s => s with { Result = new GenerationResult([], "second"), Cost = 0.5m });

        Assert.Equal((false, "first"), (state.IsOpen, state.Result?.Text));
        Assert.Equal(0, registry.For("flux", "only").Load.Open);
        Assert.Equal((0.5m, 0.5m), (generation.BudgetHold.Amount, generation.BudgetHold.Counted));
    }

    [Fact]
    public async Task KeepAsync_ItsCallerWasCalledAboutTheFailure_IsCalledAboutTheResultAlone()
    {
        var generation = await SubmittingAsync("https://receiver.example/");
        await TakeOverAsync(s => GivenUp(s));
        await Assert.ThrowsAsync<LeaseLostException>(() => _writer.KeepAsync(generation, Accepted).AsTask());
        Assert.Equal(0L, await server.TellAsync(_schema, "SELECT count(*) FROM deliveries"));

        var taken = new Generation(Assert.Single(await _store.ClaimAsync(_owner, TimeSpan.FromMinutes(1), 10, default)).State, TimeProvider.System);
        await _writer.WriteAsync(taken, s => s with { Warnings = ["still running"] });
        Assert.Equal(0L, await server.TellAsync(_schema, "SELECT count(*) FROM deliveries"));

        await _writer.SucceedAsync(taken, s => s with { Result = new GenerationResult([], "the text"), Error = null });
        Assert.Equal(1L, await server.TellAsync(_schema, "SELECT count(*) FROM deliveries"));
    }

    [Fact]
    public async Task LeaveAsync_AResultThatNoJobStandsFor_WaitsUntilTheOtherOneMustHaveGivenUp()
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => s with { Phase = GenerationPhase.Unknown });
        var time = new JumpingTime();
        var options = _app.Services.GetRequiredService<IOptionsMonitor<JobsOptions>>();
        var log = new Lines<LateFacts>();
        var late = new LateFacts(_store, _fleet, options, _app.Lifetime, time, log);

        await late.LeaveAsync(generation, s => new GenerationChange(s with { Result = new GenerationResult([], "the text") }, ""));

        Assert.True(time.GetUtcNow() > generation.State.Deadline + options.CurrentValue.LateResultWindow, $"{time.GetUtcNow()}");
        Assert.Equal([1029], log.Ids);
        Assert.Equal(GenerationPhase.Unknown, generation.State.Phase);
    }

    [Theory]
    [InlineData("native-1", 0)]
    [InlineData("native-2", 1)]
    public async Task LeaveAsync_TheOtherOneFollowsAJob_LogsWhatNobodyFollows(string theirs, int lines)
    {
        var generation = await SubmittingAsync();
        await TakeOverAsync(s => Accepted(s) with { Job = new JobHandle(theirs, "m") });
        var log = new Lines<LateFacts>();
        var late = new LateFacts(_store, _fleet, _app.Services.GetRequiredService<IOptionsMonitor<JobsOptions>>(), _app.Lifetime, TimeProvider.System, log);

        await late.LeaveAsync(generation, s => new GenerationChange(Accepted(s), ""));

        Assert.Equal(lines, log.Ids.Count(id => id == 1029));
    }

    private static SubmitRun RunOf(Generation generation)
    {
        var request = SchemaVersions.BuiltIn().Read("""{"provider":"flux","model":"m","media_type":"image","prompt":"a boat"}"""u8.ToArray()).Request!;
        return new SubmitRun(generation, request, new RetryBudget(new JobsOptions(), null)) { Begun = true };
    }

    private Task<TimeSpan?> RefusedAsync(Generation generation, Billed billed)
    {
        var run = RunOf(generation);
        var failure = ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "busy") with { Acceptance = billed == Billed.Yes ? Acceptance.Yes : Acceptance.No, Billed = billed };
        return _app.Services.GetRequiredService<SubmitRecovery>().AnsweredAsync(run, new SubmitRefusal(failure, 429, 5)).AsTask();
    }

    private static GenerationState Accepted(GenerationState state) => state with
    {
        Phase = GenerationPhase.Running,
        Job = s_job,
        Attempts = state.AttemptsWith(a => a with { Outcome = AttemptOutcome.Accepted }),
    };

    private static GenerationState GivenUp(GenerationState state) => state with
    {
        Phase = GenerationPhase.Unknown,
        IsOpen = false,
        FinishedAt = States.Now,
        Error = s_lost,
        Attempts = state.AttemptsWith(a => a with { Outcome = AttemptOutcome.Unknown, Reconciled = ReconciledBy.None }),
    };

    private async Task<Generation> SubmittingAsync(string? callback = null, TimeProvider? time = null)
    {
        var generation = new Generation(States.New("gen_a") with
        {
            Phase = GenerationPhase.Submitting,
            SubmittedAt = States.Now.AddSeconds(1),
            CallbackUrl = callback,
            Reserved = 2,
            Cost = 2,
            CostEstimated = true,
            JobLocation = new JobLocation("flux", "only", "https://api.example/", "KEY"),
            Attempts = [new AttemptReport("flux", "only", AttemptOutcome.Pending, null, Billed.Unknown, 0)],
        }, time ?? TimeProvider.System)
        { Unstored = States.Request() };
        await _writer.StoreAsync(generation);
        return generation;
    }

    /// <summary>Another replica takes it, and goes on with it.</summary>
    private async Task<GenerationState> TakeOverAsync(Func<GenerationState, GenerationState> change)
    {
        var taken = Assert.Single(await _store.ClaimAsync("other", TimeSpan.FromMinutes(1), 10, default)).State;
        return await SaveAsync(change(taken), taken.Revision + 2);
    }

    private async Task<GenerationState> SaveAsync(GenerationState state, int revision, string owner = "other")
    {
        var next = state with { };
        next.Revision = revision;
        Assert.Equal(SaveOutcome.Saved, await _store.SaveAsync(new GenerationChange(next, owner), default));
        return next;
    }

    private async Task<GenerationState> FindAsync() => (await _store.FindAsync("gen_a", default))!;

    /// <summary>A store whose first answer to a change is lost on the way.</summary>
    private sealed class LosingStore(IGenerationStore inner) : StoreDecorator(inner)
    {
        private bool _lost;

        public override async ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
        {
            var outcome = await base.SaveAsync(change, cancellationToken);
            if (!_lost)
            {
                _lost = true;
                throw new StoreUnavailableException(StoreProblem.Failing, new IOException("The line is cut."));
            }

            return outcome;
        }
    }

    /// <summary>A store that has no room but for the end.</summary>
    private sealed class FullStore(IGenerationStore inner, Func<bool> isFull) : StoreDecorator(inner)
    {
        public override ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken) =>
            change.State.IsOpen && isFull() ? throw new NoRoomForBodyException() : base.SaveAsync(change, cancellationToken);
    }

    private sealed class Lifetime(CancellationToken stopping) : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => stopping;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new NotSupportedException();
    }

    private sealed class Lines<T> : ILogger<T>
    {
        public List<int> Ids { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Ids.Add(eventId.Id);
    }
}
