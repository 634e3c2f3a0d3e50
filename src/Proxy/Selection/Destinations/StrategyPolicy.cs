using Framegate.Proxy.Selection.Strategies;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>A strategy as YARP knows it: the <c>LoadBalancingPolicy</c> of a cluster.</summary>
internal sealed class StrategyPolicy(IRoutingStrategy strategy, DestinationTargets targets) : ILoadBalancingPolicy
{
    /// <inheritdoc />
    public string Name => strategy.Name;

    /// <inheritdoc />
    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) =>
        Pick(cluster, availableDestinations, hold: false);

    /// <summary>Picks, and counts a job at the pick at once where asked to.</summary>
    public DestinationState? Pick(ClusterState cluster, IReadOnlyList<DestinationState> available, bool hold)
    {
        var known = new Target[available.Count];
        for (var i = 0; i < known.Length; i++)
        {
            known[i] = targets.For(cluster.ClusterId, available[i]);
        }

        var index = targets.GroupOf(cluster).Pick(strategy, known, hold);
        return index < 0 ? null : available[index];
    }
}
