using Framegate.Proxy.Common.Configuration;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace Framegate.Proxy.Egress;

/// <summary>Checks clusters and routes: YARP's own checks, and what only shows at the first request otherwise.</summary>
internal sealed class ProxyRule(IConfigValidator yarp, ProviderKeys keys, IEnumerable<ILoadBalancingPolicy> policies) : IConfigurationRule
{
    // What switches a policy of YARP off.
    private static readonly HashSet<string> s_none = new(StringComparer.OrdinalIgnoreCase) { "anonymous", "disable" };

    private readonly string[] _policies = [.. policies.Select(p => p.Name).Order(StringComparer.Ordinal)];

    public async ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        foreach (var cluster in candidate.Clusters)
        {
            await CheckAsync(cluster, candidate);
        }

        var clusters = candidate.Clusters.Select(c => c.ClusterId).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var shown = string.Join(", ", clusters.Order(StringComparer.Ordinal).Take(20));
        foreach (var route in candidate.Routes)
        {
            await CheckAsync(route, clusters, shown, candidate);
        }
    }

    private async Task CheckAsync(ClusterConfig cluster, ConfigurationCandidate candidate)
    {
        var path = $"{ProxyParser.Section}:Clusters:{cluster.ClusterId}";
        var checkedByYarp = cluster;
        if (cluster.ClusterId.Equals(EgressEndpoint.Cluster.ClusterId, StringComparison.OrdinalIgnoreCase))
        {
            candidate.Refuse(path, "The name is Framegate's own.");
        }

        var adapter = cluster.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? cluster.ClusterId;
        var known = candidate.Adapters.Find(adapter);
        if (known is null)
        {
            candidate.Refuse(
                $"{path}:Metadata:{ProviderTable.AdapterKey}",
                $"No adapter has this name; there are {string.Join(", ", candidate.Adapters.All.Select(a => a.Name).Order(StringComparer.Ordinal))}.");
        }

        if (cluster.LoadBalancingPolicy is { Length: > 0 } policy && !_policies.Contains(policy, StringComparer.OrdinalIgnoreCase))
        {
            candidate.Refuse($"{path}:LoadBalancingPolicy", $"There is no policy '{policy}'; there are {string.Join(", ", _policies)}.");
            checkedByYarp = cluster with { LoadBalancingPolicy = null };
        }

        foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, DestinationConfig>())
        {
            Check(destination, $"{path}:Destinations:{name}", candidate);
            if (known is not null && keys.ProblemOf(known, destination) is var (variable, position))
            {
                candidate.Refuse(
                    $"{path}:Destinations:{name}",
                    $"The key in {variable} cannot be sent: character {position} is a line break, a control character or no ASCII; no header carries that.");
            }
        }

        foreach (var error in await yarp.ValidateClusterAsync(checkedByYarp))
        {
            candidate.Refuse(path, error.Message);
        }
    }

    private static void Check(DestinationConfig destination, string path, ConfigurationCandidate candidate)
    {
        if (!Uri.TryCreate(destination.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            candidate.Refuse($"{path}:Address", AddressVariables.Missing(destination.Address).ToList() is { Count: > 0 } missing
                ? $"It is no URL as long as the environment variable {string.Join(" and ", missing)} is not set."
                : "It must be a URL like https://api.example.com/.");
        }
    }

    private async Task CheckAsync(RouteConfig route, HashSet<string> clusters, string shown, ConfigurationCandidate candidate)
    {
        var path = $"{ProxyParser.Section}:Routes:{route.RouteId}";
        if (route.ClusterId is null)
        {
            candidate.Refuse($"{path}:ClusterId", $"It is missing; there are {shown}.");
        }
        else if (route.ClusterId is { } cluster && !clusters.Contains(cluster))
        {
            candidate.Refuse($"{path}:ClusterId", $"There is no cluster '{cluster}'; there are {shown}.");
        }

        // Each needs a step of the pipeline that is not there; a request on such a route could only fail.
        (string Name, string? Value)[] policies =
        [
            (nameof(route.AuthorizationPolicy), route.AuthorizationPolicy), (nameof(route.CorsPolicy), route.CorsPolicy),
            (nameof(route.OutputCachePolicy), route.OutputCachePolicy), (nameof(route.RateLimiterPolicy), route.RateLimiterPolicy),
            (nameof(route.TimeoutPolicy), route.TimeoutPolicy), (nameof(route.Timeout), route.Timeout?.ToString()),
        ];
        var foreign = policies.Where(p => p.Value is not null && !s_none.Contains(p.Value)).ToList();
        foreach (var (name, _) in foreign)
        {
            candidate.Refuse($"{path}:{name}", "There is nothing of this kind here; leave it out. Clients have keys (Framegate:Clients), providers limits (Framegate:Limits), clusters an HttpRequest:ActivityTimeout.");
        }

        foreach (var error in foreign.Count > 0 ? [] : await yarp.ValidateRouteAsync(route))
        {
            candidate.Refuse(path, error.Message);
        }
    }
}
