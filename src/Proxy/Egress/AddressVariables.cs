using System.Text.RegularExpressions;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Egress;

/// <summary>
/// Puts environment variables into destination addresses: <c>https://${HOST_AND_PORT}/projects/${GOOGLE_CLOUD_PROJECT}/</c>. One that stands for the whole address, or in
/// its authority, is taken as it is; in the path it is one segment, and encoded. One that is not set stays as it is written.
/// </summary>
internal sealed partial class AddressVariables : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => new(
        cluster.Destinations is not { } destinations || !destinations.Values.Any(d => d.Address?.Contains("${", StringComparison.Ordinal) == true)
            ? cluster
            : cluster with
            {
                Destinations = destinations.ToDictionary(d => d.Key, d => d.Value.Address is { } address ? d.Value with { Address = Expand(address) } : d.Value, StringComparer.OrdinalIgnoreCase),
            });

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);

    /// <summary>The variables in an address that are not set.</summary>
    public static IEnumerable<string> Missing(string? address) => address is null
        ? []
        : Variable().Matches(address).Select(m => m.Groups[1].Value).Where(v => string.IsNullOrEmpty(Environment.GetEnvironmentVariable(v))).Distinct();

    /// <summary>A text with the values of the variables in it; one that is not set stays as it is written.</summary>
    public static string Values(string text) => Variable().Replace(text, m => Environment.GetEnvironmentVariable(m.Groups[1].Value) is { Length: > 0 } value ? value : m.Value);

    private static string Expand(string address)
    {
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var path = scheme < 0 ? address.IndexOf('/', StringComparison.Ordinal) : address.IndexOf('/', scheme + 3);
        return Variable().Replace(address, match => Environment.GetEnvironmentVariable(match.Groups[1].Value) is not { Length: > 0 } value ? match.Value
            : path < 0 || match.Index < path ? value.Trim()
            : Uri.EscapeDataString(value));
    }

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Variable();
}
