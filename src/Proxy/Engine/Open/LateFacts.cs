using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Open;

/// <summary>
/// Leaves what a provider has answered to a submit with its generation when another replica has taken that meanwhile: this process was paused, or cut off from the store, for
/// longer than its lease. The other one cannot know the answer, and may have given the job up for it; a paid job is followed all the same.
/// </summary>
internal sealed class LateFacts(
    IGenerationStore store, IFleet fleet, IOptionsMonitor<JobsOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LateFacts> logger)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_betweenNotices = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>True when the store knows no more of the last submit than that it was sent.</summary>
    /// <param name="ours">The generation as this process has left it.</param>
    /// <param name="stored">As it is stored.</param>
    public bool AreUnknownTo(GenerationState ours, GenerationState stored) =>
        fleet.IsShared && IsOpenQuestion(ours) && IsOpenQuestion(stored) && stored.SubmittedAt == ours.SubmittedAt && stored.Attempts.Count == ours.Attempts.Count;

    /// <summary>True when the request has been sent again since, so that what was answered to this process belongs to no submit that the store knows of.</summary>
    /// <param name="ours">The generation as this process has left it.</param>
    /// <param name="stored">As it is stored.</param>
    public bool AreOfAnotherSubmit(GenerationState ours, GenerationState stored) =>
        fleet.IsShared && IsOpenQuestion(ours) && stored.SubmittedAt is { } sent && sent != ours.SubmittedAt;

    /// <summary>
    /// True when the refusal of a submit decides nothing any more about what is stored. Whoever has taken the generation follows a job, or may have sent the submit again with its key.
    /// </summary>
    /// <param name="ours">The generation as this process has left it.</param>
    /// <param name="stored">As it is stored.</param>
    public bool IsRefusedNoMore(GenerationState ours, GenerationState stored) =>
        fleet.IsShared && IsOpenQuestion(ours) && (stored.Job is not null || (SubmitRefusal.MayHaveBeenRepeated(stored) && !SubmitRefusal.MayHaveBeenRepeated(ours)));

    /// <summary>Logs a job or a result that nobody follows: whoever has taken the generation went another way.</summary>
    /// <param name="ours">The generation as this process has left it.</param>
    /// <param name="fact">What it would be with the answer.</param>
    /// <param name="stored">As it is stored; null when it is forgotten.</param>
    public void LogIfDropped(GenerationState ours, GenerationState fact, GenerationState? stored)
    {
        if (IsOpenQuestion(ours) && ((fact.Job is { } job && stored?.Job?.NativeId != job.NativeId) || (HasResult(fact) && (stored is null || !HasResult(stored)))))
        {
            Log.LateFactDropped(logger, ours.ShownId, ours.Provider, fact.Job?.NativeId);
        }
    }

    /// <summary>Leaves it there.</summary>
    /// <param name="generation">The generation, as this process has left it.</param>
    /// <param name="changeOf">What to store on top of a state that nobody holds.</param>
    /// <param name="refusal">Why there is no job; null when there is one, or a result.</param>
    public async Task LeaveAsync(Generation generation, Func<GenerationState, GenerationChange> changeOf, SubmitRefusal? refusal = null)
    {
        var ours = generation.State;
        var until = time.GetUtcNow() + s_patience;
        DateTimeOffset? notifiedAt = null;
        for (var pause = s_pause; ; pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
        {
            try
            {
                var stored = await store.FindAsync(ours.Id, CancellationToken.None);
                if (stored is null || !AreUnknownTo(ours, stored) || (refusal is not null && SubmitRefusal.MayHaveBeenRepeated(stored)))
                {
                    LogIfDropped(ours, changeOf(ours).State, stored);
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
                else
                {
                    // Its driver is still looking, and gives it up by then. Who waits here sees that.
                    var givenUp = stored.Deadline + options.CurrentValue.LateResultWindow + s_patience;
                    until = givenUp > until ? givenUp : until;
                    if (stored.Revision != generation.State.Revision)
                    {
                        generation.Adopt(stored);
                    }

                    var findings = SubmitFindings.Of(ours) with { Job = change.State.Job, Refusal = refusal };
                    if (findings is not { Job: null, Refusal: null } && (notifiedAt is null || time.GetUtcNow() - notifiedAt >= s_betweenNotices))
                    {
                        await fleet.NotifyAsync(ours.Id, findings, CancellationToken.None);
                        notifiedAt = time.GetUtcNow();
                    }
                }
            }
            catch (StoreUnavailableException)
            {
                var patience = time.GetUtcNow() + s_patience;
                until = patience > until ? patience : until;
            }

            if (time.GetUtcNow() >= until || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                if (notifiedAt is null)
                {
                    Log.LateFactDropped(logger, ours.ShownId, ours.Provider, changeOf(ours).State.Job?.NativeId);
                }

                return;
            }

            await Pause.ForAsync(pause, time, lifetime.ApplicationStopping);
        }
    }

    private static bool HasResult(GenerationState state) => state.Result is not null || state.Sources.Count > 0;

    private static bool IsOpenQuestion(GenerationState state) =>
        state is { Phase: GenerationPhase.Submitting or GenerationPhase.Unknown, Job: null, SubmittedAt: not null };
}
