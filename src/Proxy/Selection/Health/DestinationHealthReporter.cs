using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Health;
using DestinationHealthState = Yarp.ReverseProxy.Model.DestinationHealth;

namespace Framegate.Proxy.Selection.Health;

/// <summary>Notifies YARP of open breakers, so that its list of available destinations is right. The registry itself knows nothing of YARP.</summary>
internal sealed class DestinationHealthReporter(HealthRegistry registry, IProxyStateLookup proxy, IDestinationHealthUpdater updater) : IHostedService
{
    // YARP's timer takes less than 50 days; a destination that is isolated comes back by a probe, not by the timer.
    private static readonly TimeSpan LongestBreak = TimeSpan.FromDays(30);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        registry.BreakerMoved += Report;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        registry.BreakerMoved -= Report;
        return Task.CompletedTask;
    }

    private void Report(DestinationHealth health, TimeSpan outFor)
    {
        if (proxy.TryGetCluster(health.Cluster, out var cluster) && cluster.Destinations.TryGetValue(health.Id, out var destination))
        {
            var state = outFor == TimeSpan.Zero ? DestinationHealthState.Healthy : DestinationHealthState.Unhealthy;
            updater.SetPassive(cluster, destination, state, outFor < LongestBreak ? outFor : LongestBreak);
        }
    }
}
