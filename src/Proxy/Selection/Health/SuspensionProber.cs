using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Selection.Health;

/// <summary>
/// Asks a suspended destination with the adapter's free probe until it is well. The first time it is asked at once, since the refusal may have
/// been about one request; each time after that the pause is longer.
/// </summary>
internal sealed class SuspensionProber(
    HealthRegistry registry, IProxyStateLookup proxy, IEgress egress, ProviderTable providers, IOptionsMonitor<BreakerOptions> options, TimeProvider time,
    ILogger<SuspensionProber> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _stopping = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        registry.DestinationSuspended += Watch;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        registry.DestinationSuspended -= Watch;
        return _stopping.CancelAsync();
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>One at a time for each destination: it is suspended once, until a probe succeeds.</summary>
    private void Watch(DestinationHealth health) => _ = WatchAsync(health, _stopping.Token);

    private async Task WatchAsync(DestinationHealth health, CancellationToken stopping)
    {
        for (var pause = PauseOf(health); ; pause = pause < FirstPause ? FirstPause : Least(pause * 2))
        {
            await Pause.ForAsync(pause, time, stopping);
            if (stopping.IsCancellationRequested)
            {
                health.Checked();
                return;
            }

            if (health.Suspended is null || await IsWellAsync(health, stopping))
            {
                health.Resume();
                await health.Breaker.CloseAsync(CancellationToken.None);
                Log.DestinationResumed(logger, health.Cluster, health.Id);
                health.Checked();
                return;
            }

            health.Checked();
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
            if (!proxy.TryGetCluster(health.Cluster, out var cluster) || !cluster.Destinations.TryGetValue(health.Id, out var destination)
                || providers.Find(health.Cluster) is not { } adapter)
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
