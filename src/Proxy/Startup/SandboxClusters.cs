using Framegate.Proxy.Routing;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Startup;

/// <summary>Points every cluster at the stand-in providers. A provider without a stand-in gets no destination at all, never its real one.</summary>
internal sealed class SandboxClusters(HostSettings settings) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        if (settings.Sandbox is not { } sandbox)
        {
            return new(cluster);
        }

        var adapter = cluster.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? cluster.ClusterId;
        var destinations = sandbox.TryGetValue(adapter, out var address) && cluster.Destinations is { } configured
            ? configured.ToDictionary(d => d.Key, d => d.Value with { Address = address.AbsoluteUri, Health = null }, StringComparer.OrdinalIgnoreCase)
            : [];
        return new(cluster with { Destinations = destinations });
    }

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
