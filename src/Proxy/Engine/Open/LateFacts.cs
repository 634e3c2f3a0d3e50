using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Open;

/// <summary>
/// Leaves what a provider has answered to a submit with its generation when another replica has taken that meanwhile: this process was paused, or cut off from the store, for
/// longer than its lease. The other one cannot know the answer, and may have given the job up for it; a paid job is followed all the same.
/// </summary>
internal sealed class LateFacts(IGenerationStore store, IFleet fleet, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LateFacts> logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>True when the store knows no more of the last submit than that it was sent.</summary>
    /// <param name="ours">The generation as this process has left it.</param>
    /// <param name="stored">As it is stored.</param>
    public bool AreNewsOf(GenerationState ours, GenerationState stored) =>
        fleet.IsShared && IsOpenQuestion(ours) && IsOpenQuestion(stored) && stored.SubmittedAt == ours.SubmittedAt && stored.Attempts.Count == ours.Attempts.Count;

    /// <summary>Leaves it there.</summary>
    /// <param name="generation">The generation, as this process has left it.</param>
    /// <param name="changeOf">What to store on top of a state that nobody holds.</param>
    public async Task LeaveAsync(Generation generation, Func<GenerationState, GenerationChange> changeOf)
    {
        var ours = generation.State;
        var until = time.GetUtcNow() + s_patience;
        for (var isTold = false; ;)
        {
            try
            {
                if (await store.FindAsync(ours.Id, CancellationToken.None) is not { } stored || !AreNewsOf(ours, stored))
                {
                    return;
                }

                var change = changeOf(stored.IsOpen ? stored : stored with { IsOpen = true });
                if (!stored.IsOpen)
                {
                    // It was given up: whoever comes first goes on with it.
                    if (await store.SaveAsync(change, CancellationToken.None) == SaveOutcome.Saved)
                    {
                        Log.LateFactKept(logger, ours.ShownId, ours.Provider, change.State.Job?.NativeId);
                        return;
                    }
                }
                else if (change.State.Job is { } job)
                {
                    // Its driver is still looking, and has not heard yet.
                    await fleet.TellCallAsync(ours.Id, job, CancellationToken.None);
                    isTold = true;
                }
            }
            catch (StoreUnavailableException)
            {
                until = time.GetUtcNow() + s_patience;
            }

            if (time.GetUtcNow() >= until || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                if (!isTold)
                {
                    Log.LateFactDropped(logger, ours.ShownId, ours.Provider, changeOf(ours).State.Job?.NativeId);
                }

                return;
            }

            await Pause.ForAsync(s_pause, time, lifetime.ApplicationStopping);
        }
    }

    private static bool IsOpenQuestion(GenerationState state) =>
        state is { Phase: GenerationPhase.Submitting or GenerationPhase.Unknown, Job: null, SubmittedAt: not null };
}
