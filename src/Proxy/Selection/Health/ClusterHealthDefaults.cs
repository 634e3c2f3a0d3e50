using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace Framegate.Proxy.Selection.Health;

/// <summary>
/// Gives every cluster the health settings that the breaker needs. Without passive checks YARP ignores reports, and its default for
/// what is available takes everything when nothing is well, so that a fallback would never move on.
/// </summary>
internal sealed class ClusterHealthDefaults : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        var health = cluster.HealthCheck ?? new HealthCheckConfig();
        var active = health.Active is { } configured ? configured with { Policy = configured.Policy ?? ProbePolicy.PolicyName } : null;
        return new(cluster with
        {
            HealthCheck = health with
            {
                AvailableDestinationsPolicy = health.AvailableDestinationsPolicy ?? HealthCheckConstants.AvailableDestinations.HealthyAndUnknown,
                Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = BreakerPassivePolicy.PolicyName },
                Active = active,
            },
        });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
