using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Coalescing;

/// <summary>
/// Drives a generation that shares the job of another: it shows what the other shows, and ends as the other ends. It never submits, so after a
/// restart as before there is one paid job.
/// </summary>
internal sealed class CoalescedRunner(SharedJobs sharedJobs, IGenerationStore store, IFleet fleet, GenerationWriter writer, CacheStats stats, TimeProvider time)
{
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(1);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        await writer.StoreAsync(generation);

        var sharedJob = Join(generation);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var remote = sharedJob is null && fleet.IsShared ? await FollowAsync(generation.State.Follows!, left.Token) : null;
        try
        {
            while (generation.State.IsOpen)
            {
                stopping.ThrowIfCancellationRequested();

                // After a restart both are driven at once, and this one may have come first.
                sharedJob ??= Join(generation);
                await StepAsync(generation, sharedJob, remote, stopping);
            }
        }
        finally
        {
            await left.CancelAsync();

            // Only an end is a departure. After a stop, a loss to another replica, or a write that failed, it follows on: here, or there.
            if (!generation.State.IsOpen || generation.Unstored is not null)
            {
                await LeaveAsync(generation, sharedJob);
            }
        }
    }

    /// <returns>Null where nobody drives the job here. One that others here have joined follows a job at another replica itself.</returns>
    private SharedJob? Join(Generation generation)
    {
        var sharedJob = generation.SharedJob?.Leader == generation ? null : generation.SharedJob ??= sharedJobs.Of(generation.State.Follows!);
        sharedJob?.TryJoin(generation);
        return sharedJob;
    }

    /// <summary>The leader as another replica drives it.</summary>
    /// <returns>Null when it is unknown.</returns>
    private async Task<Generation?> FollowAsync(string id, CancellationToken until)
    {
        if (await store.FindAsync(id, until) is not { } state)
        {
            return null;
        }

        var leader = new Generation(state, time);
        _ = AdoptAsync();
        return leader;

        async Task AdoptAsync()
        {
            try
            {
                await foreach (var next in store.WatchAsync(id, until))
                {
                    leader.Adopt(next);
                }
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private static async Task LeaveAsync(Generation generation, SharedJob? sharedJob)
    {
        if (sharedJob?.Detach(generation) == true)
        {
            sharedJob.Leader.Update(s => s with { CancelRequested = true });
            await sharedJob.Leader.Cancelled.CancelAsync();
        }
    }

    private async Task StepAsync(Generation generation, SharedJob? sharedJob, Generation? remote, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var own = generation.State;
        if (own.CancelRequested)
        {
            // First, so that whoever asks again once this one is over finds no job that is about to be cancelled.
            await LeaveAsync(generation, sharedJob);
            await Cancellation.EndAsync(writer, generation, now);
            return;
        }

        // Before the look at the leader: what changes after it must not be missed.
        var driven = sharedJob?.Leader ?? remote;
        (GenerationState? leader, Task? changed) = driven is not null ? driven.Observe() : (await store.FindAsync(own.Follows!, stopping), null);
        if (leader is null)
        {
            await writer.FailAsync(generation, Failures.LostInRestart(own.Provider, now), atProvider: false);
            return;
        }

        if (!leader.IsOpen)
        {
            await EndAsync(generation, leader);
            return;
        }

        if (own.Error is null && generation.Clock.Now >= own.Deadline)
        {
            await writer.WriteAsync(generation, s => s with { Error = Failures.DeadlinePassed(s with { Job = leader.Job, PollTrouble = leader.PollTrouble, DownloadTrouble = leader.DownloadTrouble, IsFollowedOn = leader.IsFollowedOn }, now), FinishedAt = now });
            return;
        }

        if (leader.Phase != own.Phase || leader.Progress != own.Progress)
        {
            generation.Update(s => s with { Phase = leader.Phase, Progress = leader.Progress, Attempts = leader.Attempts, JobLocation = leader.JobLocation });
        }

        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
        if (generation.State.CancelRequested)
        {
            return;
        }

        var wait = changed is null ? PauseBetweenLooks : own.Error is null ? own.Deadline - generation.Clock.Now : Timeout.InfiniteTimeSpan;
        generation.ProviderTime += changed is null ? wait : TimeSpan.Zero;
        await (changed is null ? Task.Delay(wait, time, wake.Token) : driven!.ChangedAsync(changed, wait, time, wake.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        generation.ProviderTime += changed is null ? TimeSpan.Zero : time.GetUtcNow() - now;
    }

    /// <summary>The result is this generation's too; the bill is the leader's.</summary>
    private async Task EndAsync(Generation generation, GenerationState leader)
    {
        if (leader.Phase == GenerationPhase.Succeeded)
        {
            await writer.EndAsync(generation, GenerationPhase.Succeeded, s => Shown(s, leader) with { Result = leader.Result, Saved = leader.Follows is null ? leader.Cost : leader.Saved, Error = null });
            if (generation.State.CachePlan is { } cachePlan)
            {
                stats.Of(cachePlan.Provider, cachePlan.Model).Save(generation.State.Saved);
            }

            return;
        }

        var phase = leader.Phase == GenerationPhase.Unknown ? GenerationPhase.Unknown : GenerationPhase.Failed;
        var error = leader.Error ?? Failures.LostInRestart(leader.Provider, time.GetUtcNow());
        await writer.EndAsync(generation, phase, s => Shown(s, leader) with { Error = error, FailedAtProvider = leader.FailedAtProvider });
    }

    private static GenerationState Shown(GenerationState own, GenerationState leader) => own with
    {
        Provider = leader.Provider,
        Adapter = leader.Adapter,
        Model = leader.Model,
        Attempts = leader.Attempts,
        Warnings = leader.Warnings,
        TextIsCut = leader.TextIsCut,
        Progress = leader.Progress,
        JobLocation = leader.JobLocation,
        Cost = 0,
        CostEstimated = leader.CostEstimated,
    };
}
