using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>Writes down what happens to a generation: on the disk first, then for everyone to see.</summary>
internal sealed class GenerationWriter(
    IGenerationStore store, MediaCache cache, FramegateMetrics metrics, HealthRegistry registry, OutboxSignal outbox, TimeProvider time,
    ILogger<GenerationWriter> logger)
{
    private static readonly TimeSpan PauseBetweenWrites = TimeSpan.FromSeconds(1);

    /// <summary>Stores a change and publishes it.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="change">From the old state to the new one; pure, it runs again when the state has changed in memory meanwhile.</param>
    /// <param name="finished">Media that come with it.</param>
    /// <param name="onlyIf">Whether it is still to be done when its turn has come; null for always.</param>
    public async ValueTask<GenerationState> WriteAsync(
        Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia>? finished = null,
        Func<GenerationState, bool>? onlyIf = null)
    {
        // Not cancellable: what has happened at a provider has happened, also while the program stops. One after the other, so that each
        // change is stored on top of the one before: a state without the job's handle must never follow the one with it.
        await generation.Writing.WaitAsync(CancellationToken.None);
        var before = generation.State;
        try
        {
            if (onlyIf?.Invoke(before) == false)
            {
                return before;
            }

            var next = Next(before);
            // A generation that is over with its first change has asked no provider; its caller gets the answer on the spot.
            // One whose client has left it is over for the client, whatever becomes of the job.
            var callBack = generation.Unstored is null && next.FinishedAt is not null && next.CallbackUrl is not null && !before.ClientCancelled;
            if (generation.Unstored is { } request)
            {
                Inserted(generation, await store.InsertAsync(next, request, CancellationToken.None));
            }
            else
            {
                await store.SaveAsync(next, MediaCache.Extend(finished ?? [], next.CachePlan), callBack, CancellationToken.None);
            }

            if (next is { IsOpen: false, Follows: null, Cache: CacheUse.Miss or CacheUse.Refresh, CachePlan: { } cachePlan, Phase: GenerationPhase.Succeeded, Result: not null })
            {
                // Before anybody hears of it, so that whoever asks again is answered from it.
                await cache.KeepAsync(CachedResult.Of(next, cachePlan, time.GetUtcNow()), replaces: next.Cache == CacheUse.Refresh, CancellationToken.None);
            }

            if (callBack)
            {
                outbox.Set();
            }

            var after = generation.Replace(before, next, Next);
            registry.Moved(before, after, time.GetUtcNow());
            if (before.OpenAt is not null && after.OpenAt is null)
            {
                generation.ReleaseLease();
            }

            if (before.IsOpen && !after.IsOpen)
            {
                metrics.GenerationEnded(after);
            }

            return after;
        }
        finally
        {
            generation.Writing.Release();
        }

        GenerationState Next(GenerationState state)
        {
            var changed = change(state);
            changed = ReferenceEquals(changed, state) ? state with { } : changed;
            changed.Revision = before.Revision + 1;
            return changed;
        }
    }

    /// <summary>Stores a generation that is not on the disk yet, as it is.</summary>
    public async ValueTask StoreAsync(Generation generation)
    {
        if (generation.Unstored is { } request)
        {
            Inserted(generation, await store.InsertAsync(generation.State, request, CancellationToken.None));
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
                return await WriteAsync(generation, change, finished);
            }
            catch (Exception e) when (e is not AlreadyTakenException)
            {
                Log.GenerationStepFailed(logger, e, generation.State.Phase);
                await Pause.ForAsync(PauseBetweenWrites, time, CancellationToken.None);
            }
        }
    }

    /// <summary>Ends a generation with its result, as <see cref="KeepAsync"/> does.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="change">What else changes; pure.</param>
    /// <param name="finished">Media that come with it.</param>
    public ValueTask<GenerationState> SucceedAsync(
        Generation generation, Func<GenerationState, GenerationState> change, IReadOnlyList<StoredMedia>? finished = null) =>
        KeepAsync(generation, Ending(generation, GenerationPhase.Succeeded, change), finished);

    /// <summary>Ends a generation without a result.</summary>
    public ValueTask<GenerationState> FailAsync(Generation generation, GenerationError error, bool atProvider) =>
        EndAsync(generation, GenerationPhase.Failed, state => state with { Error = error, FailedAtProvider = atProvider });

    /// <summary>Ends a generation.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="phase">Its last phase.</param>
    /// <param name="change">What else changes; pure.</param>
    public ValueTask<GenerationState> EndAsync(Generation generation, GenerationPhase phase, Func<GenerationState, GenerationState> change) =>
        WriteAsync(generation, Ending(generation, phase, change));

    private Func<GenerationState, GenerationState> Ending(Generation generation, GenerationPhase phase, Func<GenerationState, GenerationState> change)
    {
        var now = time.GetUtcNow();
        return s => (change(s) is var changed && ReferenceEquals(changed, s) ? s with { } : changed).End(phase, now, generation.OverheadMs(now));
    }

    /// <summary>The first change of a generation; callers are let go once it is on the disk.</summary>
    private static void Inserted(Generation generation, InsertOutcome outcome)
    {
        if (outcome == InsertOutcome.Stored)
        {
            generation.Unstored = null;
        }

        generation.Admitted.TrySetResult(outcome);
        if (outcome != InsertOutcome.Stored)
        {
            throw new AlreadyTakenException();
        }
    }
}
