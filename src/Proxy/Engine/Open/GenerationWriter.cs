using System.Diagnostics;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Open;

/// <summary>Writes down what happens to a generation: on the disk first, then for everyone to see.</summary>
internal sealed class GenerationWriter(
    IGenerationStore store, StoreOwner owner, IFleet fleet, LateFacts late, MediaCache cache, FramegateMetrics metrics, HealthRegistry registry, IBudgetLedger budgets, OutboxSignal outbox,
    TimeProvider time,
    ILogger<GenerationWriter> logger)
{
    private static readonly TimeSpan PauseBetweenWrites = TimeSpan.FromSeconds(1);

    /// <summary>Stores a change and publishes it.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="change">From the old state to the new one; pure, it runs again when the state has changed in memory meanwhile.</param>
    /// <param name="finished">Media that come with it.</param>
    /// <param name="onlyIf">Whether it is still to be done when its turn has come; null for always.</param>
    public ValueTask<GenerationState> WriteAsync(
        Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia>? finished = null,
        Func<GenerationState, bool>? onlyIf = null) => WriteAsync(generation, change, finished, onlyIf, Fact.None);

    private async ValueTask<GenerationState> WriteAsync(
        Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia>? finished, Func<GenerationState, bool>? onlyIf, Fact fact)
    {
        // Not cancellable: what has happened at a provider has happened, also while the program stops. One after the other, so that each
        // change is stored on top of the one before: a state without the job's handle must never follow the one with it.
        await generation.Writing.WaitAsync(CancellationToken.None);
        try
        {
            while (true)
            {
                if (generation.IsLost)
                {
                    throw new LeaseLostException();
                }

                var before = generation.State;
                if (onlyIf?.Invoke(before) == false)
                {
                    return before;
                }

                var revision = generation.NextRevision();
                if (await StoreAsync(generation, before, Next(before, change, revision), finished ?? []) is not { } next)
                {
                    // Somebody else has changed it, or an earlier try of this process whose answer was lost: the change goes on top of theirs, unless it is over.
                    var stored = await store.FindAsync(before.Id, CancellationToken.None);
                    if (stored is null || IsLostTo(stored, before, fact))
                    {
                        _ = generation.Lost.CancelAsync();
                        throw new LeaseLostException();
                    }

                    await AdoptAsync(generation, before, stored);
                    if (!stored.IsOpen)
                    {
                        if (fact != Fact.None)
                        {
                            late.LogIfDropped(before, change(before), stored);
                        }

                        return generation.State;
                    }

                    continue;
                }

                return Publish(generation, before, next, state => Next(state, change, revision));
            }
        }
        finally
        {
            generation.Writing.Release();
        }
    }

    /// <summary>Whether what was learned of a submit is not to be stored on top of what another replica has made of it.</summary>
    private bool IsLostTo(GenerationState stored, GenerationState before, Fact fact) => fact != Fact.None
        && (!stored.IsOpen ? late.AreUnknownTo(before, stored) : late.AreOfAnotherSubmit(before, stored) || (fact == Fact.Refusal && late.IsRefusedNoMore(before, stored)));

    /// <summary>Stores what follows from the refusal of a submit, as <see cref="WriteAsync(Generation, Func{GenerationState, GenerationState}, IReadOnlyList{StoredMedia}?, Func{GenerationState, bool}?)"/> does.</summary>
    /// <exception cref="LeaseLostException">Another replica has taken the generation, and knows nothing of the answer.</exception>
    public ValueTask<GenerationState> WriteFactAsync(Generation generation, Func<GenerationState, GenerationState> change) => WriteAsync(generation, change, null, null, Fact.Refusal);

    /// <summary>Leaves the refusal of a submit with the replica that has taken the generation, or corrects its end.</summary>
    /// <param name="generation">The generation, as this process has left it.</param>
    /// <param name="refusal">The refusal.</param>
    /// <param name="end">The end that it makes where the generation was given up; pure.</param>
    public Task LeaveAsync(Generation generation, SubmitRefusal refusal, Func<GenerationState, GenerationState> end) =>
        late.LeaveAsync(generation, ChangeOf(generation, Ending(generation, GenerationPhase.Failed, end), []), refusal);

    /// <summary>Stores a generation that is not on the disk yet, as it is.</summary>
    public async ValueTask StoreAsync(Generation generation)
    {
        if (generation.Unstored is { } request)
        {
            var state = generation.State;
            var change = new GenerationChange(state, owner.Id) { Callback = state.FinishedAt is null ? null : CallbackOf(state), SharedJob = SharedJobOf(state) };
            await InsertAsync(generation, change, request);
            Wake(change);
        }
    }

    private async ValueTask<T> TimedAsync<T>(Func<ValueTask<T>> write)
    {
        using var span = Tracing.Begin("store");
        var began = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await write();
            metrics.StoreWritten(Stopwatch.GetElapsedTime(began));
            return outcome;
        }
        catch
        {
            metrics.StoreFailed();
            span.Failed("store_unavailable");
            throw;
        }
    }

    /// <summary>Stores what exists nowhere else, as the answer to a submit or a result that was fetched: a disk that fails is tried until it works again.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="change">From the old state to the new one; pure, it may run more than once.</param>
    /// <param name="finished">Media that come with it.</param>
    public async ValueTask<GenerationState> KeepAsync(
        Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia>? finished = null)
    {
        while (true)
        {
            try
            {
                return await WriteAsync(generation, change, finished, null, Fact.Job);
            }
            catch (LeaseLostException)
            {
                await late.LeaveAsync(generation, ChangeOf(generation, change, finished ?? []));
                throw;
            }
            catch (Exception e) when (e is not (AlreadyTakenException or SharedJobTakenException or NotReservedException))
            {
                // Whatever it was: a handle that is given up is a paid job that nobody finds.
                if (!StoreUnavailableException.TryLog(logger, e))
                {
                    Log.GenerationStepFailed(logger, e, generation.State.Phase);
                }

                await Pause.ForAsync(PauseBetweenWrites, time, CancellationToken.None);
            }
        }
    }

    /// <summary>What another replica is left with: a change on top of a state that nobody holds.</summary>
    private static Func<GenerationState, GenerationChange> ChangeOf(Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia> finished) =>
        stored => ChangeOf(generation, stored, Next(stored.WithAttempt(static a => a with { Reconciled = null }), change, stored.Revision + 1), finished, owner: "");

    /// <summary>Gives back what is reserved for a generation whose bill is another's.</summary>
    public void Uncharge(Generation generation)
    {
        if (generation.BudgetHold is { } hold)
        {
            budgets.Settle(hold, 0);
        }
    }

    /// <summary>Ends a generation with its result, as <see cref="KeepAsync"/> does.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="change">What else changes; pure.</param>
    /// <param name="finished">Media that come with it.</param>
    public ValueTask<GenerationState> SucceedAsync(
        Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia>? finished = null) =>
        KeepAsync(generation, Ending(generation, GenerationPhase.Succeeded, change), finished);

    /// <summary>Ends a generation by an answer that exists nowhere else, as <see cref="KeepAsync"/> does.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="phase">Its last phase.</param>
    /// <param name="change">What else changes; pure.</param>
    public ValueTask<GenerationState> KeepEndAsync(Generation generation, GenerationPhase phase, Func<GenerationState, GenerationState> change) =>
        KeepAsync(generation, Ending(generation, phase, change));

    /// <summary>Ends a generation by an answer to its submit, as <see cref="WriteFactAsync"/> does.</summary>
    public ValueTask<GenerationState> EndByFactAsync(Generation generation, GenerationPhase phase, Func<GenerationState, GenerationState> change) =>
        WriteFactAsync(generation, Ending(generation, phase, change));

    /// <summary>Ends a generation without a result.</summary>
    public ValueTask<GenerationState> FailAsync(Generation generation, GenerationError error, bool atProvider) =>
        EndAsync(generation, GenerationPhase.Failed, state => state with { Error = error, FailedAtProvider = atProvider, Cost = state.CostSoFar });

    /// <summary>Ends a generation.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="phase">Its last phase.</param>
    /// <param name="change">What else changes; pure.</param>
    public ValueTask<GenerationState> EndAsync(Generation generation, GenerationPhase phase, Func<GenerationState, GenerationState> change) =>
        WriteAsync(generation, Ending(generation, phase, change));

    private static GenerationState Next(GenerationState state, Func<GenerationState, GenerationState> change, int revision)
    {
        var changed = change(state);
        changed = ReferenceEquals(changed, state) ? state with { } : changed;
        changed.Revision = revision;
        return changed;
    }

    /// <summary>Under what others look for the job that it is about to begin. Who wants a new result in any case, or follows another job, begins none to join.</summary>
    private string? SharedJobOf(GenerationState state) =>
        fleet.IsShared && state is { IsOpen: true, Follows: null, Cache: CacheUse.Miss, CachePlan: { } plan } ? plan.Key : null;

    private static Callback? CallbackOf(GenerationState state) =>
        state is { CallbackUrl: { } url, FinishedAt: { } due, Status: not GenerationStatus.Processing } && state.Notifies(state.Status == GenerationStatus.Success ? CallbackEvents.Completed : CallbackEvents.Failed)
        ? new Callback(Ids.New("msg_", due), state.Id, url, 0, due)
        : null;

    /// <summary>Stores a state.</summary>
    /// <returns>Null when there is a newer one.</returns>
    /// <exception cref="LeaseLostException">Somebody else drives it.</exception>
    private async ValueTask<GenerationState?> StoreAsync(Generation generation, GenerationState before, GenerationState next, IReadOnlyList<StoredMedia> finished)
    {
        var change = ChangeOf(generation, before, next, finished, owner.Id);
        if (generation.Unstored is { } request)
        {
            // One that is over with its first change has asked no provider; its caller gets the answer on the spot.
            change = change with { Callback = null, SharedJob = SharedJobOf(next) };
            await InsertAsync(generation, change, request);
        }
        else if (await TimedAsync(() => store.SaveAsync(change, CancellationToken.None)) is not SaveOutcome.Saved and var outcome)
        {
            if (outcome == SaveOutcome.Stale)
            {
                return null;
            }

            _ = generation.Lost.CancelAsync();
            throw new LeaseLostException();
        }

        await CacheAsync(next, time.GetUtcNow());
        Wake(change);
        return next;
    }

    private async ValueTask CacheAsync(GenerationState state, DateTimeOffset at)
    {
        if (state is { IsOpen: false, Follows: null, Cache: CacheUse.Miss or CacheUse.Refresh, CachePlan: { } cachePlan, Phase: GenerationPhase.Succeeded, Result: not null })
        {
            // Before anybody is answered, so that whoever asks again is answered from it.
            await cache.KeepAsync(CachedResult.Of(state, cachePlan, at), replaces: state.Cache == CacheUse.Refresh);
        }
    }

    /// <summary>What is stored of a change. One whose client has left it is over for the client, whatever becomes of the job; and no outcome is called about twice.</summary>
    private static GenerationChange ChangeOf(Generation generation, GenerationState before, GenerationState next, IReadOnlyList<StoredMedia> finished, string owner) => new(next, owner)
    {
        StandsOn = before.Revision,
        Media = MediaCache.Extend(finished, next.CachePlan),
        Callback = before.ClientCancelled || (before.FinishedAt is not null && before.Status == next.Status) ? null : generation.DeliveryOf(next.Status, CallbackOf(next)),
    };

    private void Wake(GenerationChange change)
    {
        if (change.Callback is not null)
        {
            outbox.Set();
        }
    }

    private GenerationState Publish(Generation generation, GenerationState before, GenerationState next, Func<GenerationState, GenerationState> change)
    {
        var after = generation.Replace(before, next, change);
        Book(generation, before, next, after);
        return after;
    }

    /// <summary>Goes on from what is stored. Where that is the end that an earlier try of this process has written, nothing else has counted it.</summary>
    private async ValueTask AdoptAsync(Generation generation, GenerationState before, GenerationState stored)
    {
        await CacheAsync(stored, stored.FinishedAt ?? time.GetUtcNow());
        // Its place in the queue is known here, where it waits.
        generation.Adopt(stored with { ReportedPlace = null });
        Book(generation, before, stored, stored);
        if (stored.CallbackUrl is not null)
        {
            outbox.Set();
        }
    }

    /// <summary>Counts a change wherever it counts.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="before">The state that was counted last.</param>
    /// <param name="stored">What the store has of it now.</param>
    /// <param name="after">The state in memory.</param>
    private void Book(Generation generation, GenerationState before, GenerationState stored, GenerationState after)
    {
        registry.Moved(before, after, time.GetUtcNow());
        if (generation.BudgetHold is { } hold)
        {
            (hold.Revision, hold.Counted) = (stored.Revision, Money.Rounded(stored.Charge));
            budgets.Settle(hold, after.Charge);
        }

        if (before.OpenAt is not null && after.OpenAt is null)
        {
            generation.ReleaseLease();
        }

        if (before.IsOpen && !after.IsOpen && after.EndedBy == owner.Id)
        {
            metrics.GenerationEnded(after);
            metrics.Saved(after.Client, after.Saved);
            logger.Ended(after);
        }
    }

    private Func<GenerationState, GenerationState> Ending(Generation generation, GenerationPhase phase, Func<GenerationState, GenerationState> change)
    {
        var now = time.GetUtcNow();
        return s => (change(s) is var changed && ReferenceEquals(changed, s) ? s with { } : changed).End(phase, now, generation.OverheadMs(now), owner.Id);
    }

    /// <summary>Stores the first change. What was reserved for it must still be there: who was paused for long reserves it once more, or is refused.</summary>
    /// <exception cref="NotReservedException">Others have spent it meanwhile.</exception>
    private async ValueTask InsertAsync(Generation generation, GenerationChange change, StoredRequest request)
    {
        while (true)
        {
            var charge = Money.Rounded(change.State.Charge);
            var first = generation.BudgetHold is { IsShared: true } && charge > 0 ? change with { Held = charge } : change;
            var outcome = await TimedAsync(() => store.InsertAsync(first, request, CancellationToken.None));
            if (outcome != InsertOutcome.NotReserved)
            {
                Inserted(generation, outcome);
                return;
            }

            if (change.SharedJob is { } sharedJob && await fleet.FindSharedJobAsync(sharedJob, CancellationToken.None) is not null)
            {
                // It needs no money: another replica has begun the same job meanwhile, with the last of it maybe.
                throw new SharedJobTakenException();
            }

            if (await budgets.RenewAsync(generation.BudgetHold!, CancellationToken.None) is { } room)
            {
                throw new NotReservedException(room);
            }
        }
    }

    /// <summary>The first change of a generation; callers are let go once it is on the disk.</summary>
    private void Inserted(Generation generation, InsertOutcome outcome)
    {
        if (outcome == InsertOutcome.SharedJobTaken)
        {
            throw new SharedJobTakenException();
        }

        if (outcome == InsertOutcome.Stored)
        {
            generation.Unstored = null;
            if (generation.BudgetHold is { } hold)
            {
                hold.Revision = generation.State.Revision;
                budgets.Stored(hold);
            }
        }

        generation.Admitted.TrySetResult(outcome);
        if (outcome != InsertOutcome.Stored)
        {
            throw new AlreadyTakenException();
        }
    }

    /// <summary>What a change is known from.</summary>
    private enum Fact
    {
        /// <summary>Nothing that only this process knows.</summary>
        None,

        /// <summary>A submit came to nothing.</summary>
        Refusal,

        /// <summary>There is a job, or its result.</summary>
        Job,
    }
}
