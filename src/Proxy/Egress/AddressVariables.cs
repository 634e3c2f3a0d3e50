using System.Text.RegularExpressions;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Egress;

/// <summary>Puts environment variables into destination addresses: <c>.../projects/${GOOGLE_CLOUD_PROJECT}/...</c>. One that is not set stays as it is written.</summary>
internal sealed partial class AddressVariables : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => new(
        cluster.Destinations is not { } destinations || !destinations.Values.Any(d => d.Address.Contains("${", StringComparison.Ordinal))
            ? cluster
            : cluster with
            {
                Destinations = destinations.ToDictionary(d => d.Key, d => d.Value with { Address = Expand(d.Value.Address) }, StringComparer.OrdinalIgnoreCase),
            });

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);

    private static string Expand(string address) => Variable().Replace(
        address, match => Environment.GetEnvironmentVariable(match.Groups[1].Value) is { Length: > 0 } value ? Uri.EscapeDataString(value) : match.Value);

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
