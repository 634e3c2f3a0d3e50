using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Framegate.Transforms.Forwarding;

/// <summary>
/// One route per provider cluster that no client can reach. A request that is reassigned to a cluster must be reassigned to its route too:
/// YARP takes transforms, counters and passive health from the route.
/// </summary>
public sealed class ProviderRoutes
{
    private readonly ConditionalWeakTable<ClusterModel, RouteModel> _routes = [];

    /// <summary>The route of a cluster as it is configured now.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <returns>A route with the <see cref="AdapterTransformer"/>.</returns>
    public RouteModel For(ClusterState cluster) => _routes.GetValue(cluster.Model, _ => new RouteModel(
        new RouteConfig { RouteId = "provider:" + cluster.ClusterId, ClusterId = cluster.ClusterId, Match = new RouteMatch { Path = "/" } },
        cluster,
        AdapterTransformer.Instance));
}
