using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>The second of two picks: a destination of the cluster, by the cluster's load balancing policy.</summary>
internal sealed class DestinationPicker(PolicyTable policies, ProviderTable providers, DestinationTargets targets, HealthRegistry registry, TimeProvider time)
{
    /// <summary>Picks one that is available, has a key, and is not excluded.</summary>
    /// <returns>The pick, and where a job was counted for it until the job itself is; null when there is none.</returns>
    public (DestinationState Destination, LoadCounter? Reservation)? Pick(HttpContext context, ClusterState cluster, ProviderExchange exchange)
    {
        var available = cluster.DestinationsState.AvailableDestinations;
        if (available.Count == 0)
        {
            // YARP's list is renewed a moment after a breaker has closed, or may be tried again.
            available = [.. cluster.Destinations.Values.Where(d => IsBack(cluster, d))];
        }

        if (available.Count == 1)
        {
            var only = available[0];
            return exchange.Excluded?.Contains(only) == true || !Takes(cluster, only, exchange.Adapter) ? null : (only, null);
        }

        if (available.Count == 0)
        {
            return null;
        }

        var able = new List<DestinationState>(available.Count);
        foreach (var destination in available)
        {
            if (exchange.Excluded?.Contains(destination) != true && Takes(cluster, destination, exchange.Adapter))
            {
                able.Add(destination);
            }
        }

        if (able.Count == 0)
        {
            return null;
        }

        if (policies.For(cluster) is not StrategyPolicy strategy)
        {
            return policies.For(cluster).PickDestination(context, cluster, able) is { } picked ? (picked, null) : null;
        }

        return strategy.Pick(cluster, able, hold: true) is { } chosen ? (chosen, targets.For(cluster.ClusterId, chosen).Load) : null;
    }

    /// <summary>Whether submits can go to a destination at all, however well it is: neither the configuration nor an operator drains it, and it has a key.</summary>
    public bool Takes(ClusterState cluster, DestinationState destination, ProviderAdapter adapter) =>
        !targets.For(cluster.ClusterId, destination).IsDrained
        && !registry.For(cluster.ClusterId, destination.DestinationId).Drained
        // Of the only one that there is, a missing key is reported as such when it is called.
        && (cluster.Destinations.Count == 1 || providers.KeyVariableOf(adapter, destination) is not null);

    private bool IsBack(ClusterState cluster, DestinationState destination) =>
        destination.Health.Active != Yarp.ReverseProxy.Model.DestinationHealth.Unhealthy
        && registry.For(cluster.ClusterId, destination.DestinationId) is { Suspended: null } health
        && (health.Breaker.State == "closed" || health.OutUntil <= time.GetUtcNow());
}
