using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Limits;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Selection.Health;

/// <summary>Puts the health of every configured destination on the metrics page.</summary>
internal sealed class HealthGauges(FramegateMetrics metrics, IProxyStateLookup proxy, ProviderTable providers, HealthRegistry registry, ProviderLimiters limiters) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.WatchDestinations(Read);
        metrics.CountWaiting(() => providers.Names.Select(n => (Name: n, Limiter: limiters.For(n))).Where(l => l.Limiter.IsLimited).Select(l => (l.Name, l.Limiter.Waiting)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<DestinationGauge> Read() =>
        from cluster in proxy.GetClusters()
        where providers.Find(cluster.ClusterId) is not null
        from id in cluster.Destinations.Keys
        let health = registry.For(cluster.ClusterId, id)
        select new DestinationGauge(cluster.ClusterId, id, health.Score.Value, health.Breaker.Number, health.Load.Open);
}
