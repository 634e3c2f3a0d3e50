using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Health;

/// <summary>
/// Takes a destination out when its account is empty or its key was refused, and asks it with the adapter's free probe until it is well. The
/// first time it is asked at once, since the refusal may have been about one request; each time after that it waits longer.
/// </summary>
internal sealed class SuspensionProber(
    HealthRegistry registry, YarpEgress egress, ProviderTable providers, IOptionsMonitor<BreakerOptions> options, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<SuspensionProber> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);

    /// <summary>Takes it out.</summary>
    public void Suspend(DestinationHealth health, ErrorCode reason)
    {
        if (health.Suspend(reason))
        {
            Log.DestinationSuspended(logger, health.Cluster, health.Id, reason);
            var checkedOnce = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            health.FirstCheck = PauseOf(health) == TimeSpan.Zero ? checkedOnce.Task : Task.CompletedTask;
            _ = WatchAsync(health, checkedOnce, lifetime.ApplicationStopping);
        }
    }

    private async Task WatchAsync(DestinationHealth health, TaskCompletionSource checkedOnce, CancellationToken stopping)
    {
        await health.Breaker.IsolateAsync(CancellationToken.None);
        for (var pause = PauseOf(health); ; pause = pause < FirstPause ? FirstPause : Least(pause * 2))
        {
            await Pause.ForAsync(pause, time, stopping);
            if (stopping.IsCancellationRequested)
            {
                checkedOnce.TrySetResult();
                return;
            }

            if (health.Suspended is null || await IsWellAsync(health, stopping))
            {
                health.Resume();
                await health.Breaker.CloseAsync(CancellationToken.None);
                Log.DestinationResumed(logger, health.Cluster, health.Id);
                checkedOnce.TrySetResult();
                return;
            }

            checkedOnce.TrySetResult();
        }
    }

    private TimeSpan PauseOf(DestinationHealth health) =>
        health.Suspensions <= 1 ? TimeSpan.Zero : Least(FirstPause * Math.Pow(2, Math.Min(health.Suspensions - 2, 20)));

    private TimeSpan Least(TimeSpan pause)
    {
        var longest = options.CurrentValue.RecheckInterval;
        return pause < longest ? pause : longest;
    }

    private async Task<bool> IsWellAsync(DestinationHealth health, CancellationToken stopping)
    {
        try
        {
            if (registry.Live(health) is not var (_, destination) || providers.Find(health.Cluster) is not { } adapter)
            {
                // It has left the configuration; should it come back, it starts anew.
                return true;
            }

            var exchange = new ProviderExchange(adapter, NativeCall.Probe, adapter.BuildProbe(), [health.Cluster]) { Pinned = destination };
            await egress.SendAsync(exchange, stopping);
            return exchange.Response is { } response && adapter.ReadProbe(response) is null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.RecheckFailed(logger, e, health.Cluster, health.Id);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
