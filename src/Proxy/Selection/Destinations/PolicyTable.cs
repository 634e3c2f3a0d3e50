using System.Collections.Frozen;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>The load balancing policies by name; YARP's checker of the configuration knows the same ones.</summary>
internal sealed class PolicyTable(IEnumerable<ILoadBalancingPolicy> policies)
{
    private readonly FrozenDictionary<string, ILoadBalancingPolicy> _byName =
        policies.ToFrozenDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The policy of a cluster; power of two choices when it names none.</summary>
    public ILoadBalancingPolicy For(ClusterState cluster) =>
        _byName[cluster.Model.Config.LoadBalancingPolicy ?? LoadBalancingPolicies.PowerOfTwoChoices];
}
