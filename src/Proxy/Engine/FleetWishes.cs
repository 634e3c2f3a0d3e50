using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Coalescing;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Webhooks;

namespace Framegate.Proxy.Engine;

/// <summary>Passes on what other replicas have received for the generations that are driven here: their clients cancel, their providers call.</summary>
internal sealed class FleetWishes(IFleet fleet, StoreOwner owner, OpenGenerations open, JobCalls calls, Coalescer coalescer, TimeProvider time, ILogger<FleetWishes> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var wish in fleet.WishesAsync(owner.Id, stoppingToken))
            {
                try
                {
                    await GrantAsync(wish);
                }
                catch (Exception e) when (e is LeaseLostException or OperationCanceledException || StoreUnavailableException.TryLog(logger, e))
                {
                    // Another replica receives the wish now, or it is named again.
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Log.FleetWishesEnded(logger, e);
            throw;
        }
    }

    private async Task GrantAsync(FleetWish wish)
    {
        if (open.Find(wish.Id) is not { } generation)
        {
            return;
        }

        if (wish.Findings is { } findings && (findings.Refusal is null || !JobCalls.Refuse(generation, findings)))
        {
            await (findings.Job is null ? ValueTask.CompletedTask : calls.TakeAsync(generation, findings));
            await fleet.TakenAsync(wish, CancellationToken.None);
        }

        if (wish.Cancel && generation.State is { IsOpen: true, CancelRequested: false, ClientCancelled: false } && !await coalescer.TryDetachAsync(generation, time.GetUtcNow()))
        {
            generation.Update(s => s with { CancelRequested = true });
            await generation.Cancelled.CancelAsync();
        }
    }
}
