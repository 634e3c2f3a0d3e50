using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;

namespace Framegate.Proxy.Engine.Coalescing;

/// <summary>Lets identical requests at once share one job: the first starts it, the others join it.</summary>
internal sealed class Coalescer(MediaCache cache, SharedJobs sharedJobs, IFleet fleet, GenerationWriter writer, IBudgetLedger budgets)
{
    /// <summary>Starts a generation: to join the job of an identical one where there is one, else with a job of its own.</summary>
    /// <param name="generation">The generation; it has a cache plan.</param>
    /// <param name="fresh">True when the caller wants a new result.</param>
    /// <param name="start">Begins to drive it; false when another one with its id is driven.</param>
    /// <param name="leads">True when it has a job of its own and is under way, unless the task has ended already.</param>
    /// <returns>How its insert went; null when the cache has got an entry meanwhile, and nothing was started.</returns>
    public ValueTask<InsertOutcome?> StartAsync(Generation generation, bool fresh, Func<Generation, bool> start, out bool leads)
    {
        leads = (fresh || sharedJobs.Find(generation.State.CachePlan!.Key) is null) && sharedJobs.TryLead(generation, exclusive: !fresh);
        return leads ? new(Lead(generation, fresh, start)) : JoinOrLeadAsync(generation, fresh, start);
    }

    /// <summary>A client cancels a generation whose job others wait for.</summary>
    /// <returns>True when the generation is over for its client and the job goes on; false when the job itself has to be cancelled.</returns>
    public async ValueTask<bool> TryDetachAsync(Generation generation, DateTimeOffset now)
    {
        if (generation.SharedJob is not { } sharedJob || sharedJob.Leader != generation
            || !(sharedJob.DetachLeader() || await fleet.IsFollowedAsync(generation.State.Id, CancellationToken.None)))
        {
            return false;
        }

        // The job may have ended while this waited for its turn: what has ended with a result keeps it.
        await writer.WriteAsync(
            generation, s => s with { ClientCancelled = true, Error = Failures.CancelledByClient(now), FinishedAt = now }, onlyIf: static s => s.IsOpen && s.FinishedAt is null);
        return true;
    }

    private async ValueTask<InsertOutcome?> JoinOrLeadAsync(Generation generation, bool fresh, Func<Generation, bool> start)
    {
        var cachePlan = generation.State.CachePlan!;
        while (true)
        {
            if (!fresh && sharedJobs.Find(cachePlan.Key) is { } sharedJob)
            {
                if (await IsSafeAsync(sharedJob.Leader) && sharedJob.TryJoin(generation))
                {
                    return await JoinAsync(generation, sharedJob, cachePlan, start);
                }

                sharedJobs.Drop(sharedJob);
                continue;
            }

            if (sharedJobs.TryLead(generation, exclusive: !fresh))
            {
                return await Lead(generation, fresh, start);
            }
        }
    }

    /// <summary>Starts a generation with a job of its own.</summary>
    private Task<InsertOutcome?> Lead(Generation generation, bool fresh, Func<Generation, bool> start)
    {
        var cachePlan = generation.State.CachePlan!;

        // A job that ended between the look-up and now has left its entry before it left the list.
        if (!fresh && cache.IsInMemory(cachePlan.Key))
        {
            sharedJobs.End(generation);
            return Task.FromResult<InsertOutcome?>(null);
        }

        cache.StatsOf(cachePlan).Miss();
        if (start(generation))
        {
            return generation.Admitted.Task;
        }

        sharedJobs.End(generation);
        return Task.FromResult<InsertOutcome?>(InsertOutcome.IdTaken);
    }

    /// <summary>Waits until a job's generation is on the disk: what follows it must find it there after a restart.</summary>
    private static async ValueTask<bool> IsSafeAsync(Generation leader)
    {
        try
        {
            return leader.Unstored is null || await leader.Admitted.Task == InsertOutcome.Stored;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The leader's own caller is answered with it.
            return false;
        }
    }

    private async ValueTask<InsertOutcome?> JoinAsync(Generation generation, SharedJob sharedJob, CachePlan cachePlan, Func<Generation, bool> start)
    {
        generation.SharedJob = sharedJob;
        generation.Native = null;
        generation.ReleaseReservation();
        generation.Update(s => s with { Cache = CacheUse.Shared, Follows = sharedJob.Leader.State.Id, Cost = 0, CostEstimated = false, Reserved = 0 });
        if (generation.BudgetHold is { } hold)
        {
            // The bill is the leader's.
            budgets.Settle(hold, 0);
        }

        if (!start(generation))
        {
            sharedJob.Detach(generation);
            return InsertOutcome.IdTaken;
        }

        cache.StatsOf(cachePlan).Join();
        return await generation.Admitted.Task;
    }
}
