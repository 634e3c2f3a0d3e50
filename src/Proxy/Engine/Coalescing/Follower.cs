using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Coalescing;

/// <summary>
/// Drives a generation that shares the job of another: it shows what the other shows, and ends as the other ends. It never submits, so after a
/// restart as before there is one paid job.
/// </summary>
internal sealed class Follower(Flights flights, IGenerationStore store, Ledger ledger, CacheStats stats, TimeProvider time)
{
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(1);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        await ledger.StoreAsync(generation);
        var flight = generation.Flight ??= flights.Of(generation.State.Follows!);
        flight?.TryJoin(generation);
        try
        {
            while (generation.State.IsOpen)
            {
                stopping.ThrowIfCancellationRequested();
                await StepAsync(generation, flight, stopping);
            }
        }
        finally
        {
            // A stop is not a departure: after the next start it follows on.
            if (!stopping.IsCancellationRequested)
            {
                await LeaveAsync(generation, flight);
            }
        }
    }

    private static async Task LeaveAsync(Generation generation, Flight? flight)
    {
        if (flight?.FollowerLeaves(generation) == true)
        {
            flight.Leader.Update(s => s with { CancelRequested = true });
            await flight.Leader.Cancelled.CancelAsync();
        }
    }

    private async Task StepAsync(Generation generation, Flight? flight, CancellationToken stopping)
    {
        var now = time.GetUtcNow();
        var own = generation.State;
        if (own.CancelRequested)
        {
            // First, so that whoever asks again once this one is over finds no job that is about to be cancelled.
            await LeaveAsync(generation, flight);
            await Cancellation.EndAsync(ledger, generation, now);
            return;
        }

        // Before the look at the leader: what changes after it must not be missed.
        (GenerationState? leader, Task? changed) = flight is null ? (store.Find(own.Follows!), null) : flight.Leader.Observe();
        if (leader is null)
        {
            await ledger.FailAsync(generation, Failures.LostInRestart(own.Provider, now), atProvider: false);
            return;
        }

        if (!leader.IsOpen)
        {
            await EndAsync(generation, leader);
            return;
        }

        if (own.Error is null && now >= own.Deadline)
        {
            await ledger.WriteAsync(generation, s => s with { Error = Failures.DeadlinePassed(s with { Job = leader.Job }, now), FinishedAt = now });
            return;
        }

        if (leader.Phase != own.Phase || leader.Progress != own.Progress)
        {
            generation.Update(s => s with { Phase = leader.Phase, Progress = leader.Progress, Attempts = leader.Attempts, Home = leader.Home });
        }

        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
        if (generation.State.CancelRequested)
        {
            return;
        }

        var wait = changed is null ? PauseBetweenLooks : own.Error is null ? own.Deadline - now : Timeout.InfiniteTimeSpan;
        generation.ProviderTime += changed is null ? wait : TimeSpan.Zero;
        await (changed?.WaitAsync(wait, time, wake.Token) ?? Task.Delay(wait, time, wake.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        generation.ProviderTime += changed is null ? TimeSpan.Zero : time.GetUtcNow() - now;
    }

    /// <summary>The result is this generation's too; the bill is the leader's.</summary>
    private async Task EndAsync(Generation generation, GenerationState leader)
    {
        if (leader.Phase == GenerationPhase.Succeeded)
        {
            await ledger.EndAsync(generation, GenerationPhase.Succeeded, s => Shown(s, leader) with { Result = leader.Result, Saved = leader.Cost, Error = null });
            if (generation.State.Ticket is { } ticket)
            {
                stats.Of(ticket.Provider, ticket.Model).Save(leader.Cost);
            }

            return;
        }

        var phase = leader.Phase == GenerationPhase.Unknown ? GenerationPhase.Unknown : GenerationPhase.Failed;
        var error = leader.Error ?? Failures.LostInRestart(leader.Provider, time.GetUtcNow());
        await ledger.EndAsync(generation, phase, s => Shown(s, leader) with { Error = error, FailedAtProvider = leader.FailedAtProvider });
    }

    private static GenerationState Shown(GenerationState own, GenerationState leader) => own with
    {
        Provider = leader.Provider,
        Adapter = leader.Adapter,
        Model = leader.Model,
        Attempts = leader.Attempts,
        Warnings = leader.Warnings,
        Progress = leader.Progress,
        Home = leader.Home,
        Cost = 0,
        CostEstimated = leader.CostEstimated,
    };
}
