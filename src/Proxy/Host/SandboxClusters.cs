using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Providers;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Host;

/// <summary>Points every cluster at the stand-in providers. A provider without a stand-in gets no destination at all, never its real one.</summary>
internal sealed class SandboxClusters(HostSettings settings, AdapterRegistry adapters) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        if (settings.Sandbox is not { } sandbox)
        {
            return new(cluster);
        }

        var adapter = adapters.Find(cluster.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? cluster.ClusterId);
        var destinations = adapter is not null && sandbox.TryGetValue(adapter.ExtrasKey, out var standIn) && cluster.Destinations is { } configured
            ? configured.ToDictionary(d => d.Key, d => d.Value with { Address = At(standIn, d.Value.Address), Health = null }, StringComparer.OrdinalIgnoreCase)
            : [];
        return new(cluster with { Destinations = destinations });
    }

    /// <summary>The stand-in's address, with the path that the real address has.</summary>
    private static string At(Uri standIn, string address) =>
        standIn.AbsoluteUri + (Uri.TryCreate(address, UriKind.Absolute, out var real) ? real.AbsolutePath.TrimStart('/') : "");

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
