using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Framegate.Proxy.Common.Configuration;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.LoadBalancing;

namespace Framegate.Proxy.Egress;

/// <summary>Checks clusters and routes: YARP's own checks, and what only shows at the first request otherwise.</summary>
internal sealed partial class ProxyRule(IConfigValidator yarp, RouteTrial trial, ProviderKeys keys, IEnumerable<ILoadBalancingPolicy> policies) : IConfigurationRule
{
    // What switches a policy of YARP off.
    private static readonly HashSet<string> s_none = new(StringComparer.OrdinalIgnoreCase) { "anonymous", "disable" };

    private static readonly string[] s_proxies = ["http", "https", "socks4", "socks4a", "socks5"];

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);

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

        // Between two that match alike nobody can choose; each request on them would be answered with 500.
        foreach (var alike in candidate.Routes.GroupBy(Matching, StringComparer.OrdinalIgnoreCase).Where(g => g.Key.Length > 0))
        {
            foreach (var route in alike.Skip(1))
            {
                candidate.Refuse(
                    $"{ProxyParser.Section}:Routes:{route.RouteId}:Match", $"It matches the same requests as the route '{alike.First().RouteId}'; give one of them another Order, or take it out.");
            }
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

        foreach (var (name, span) in Durations(cluster))
        {
            // A timer takes no other, and throws at each request.
            if ((span <= TimeSpan.Zero || span > s_longest) && !candidate.Errors.Any(e => e.Path.Equals($"{path}:{name}", StringComparison.OrdinalIgnoreCase)))
            {
                candidate.Refuse($"{path}:{name}", string.Create(CultureInfo.InvariantCulture, $"It must be more than 0 and at most {s_longest.Days} days."));
            }
        }

        if (cluster.HttpClient?.WebProxy?.Address is { } proxy && !s_proxies.Contains(proxy.IsAbsoluteUri ? proxy.Scheme : "", StringComparer.Ordinal))
        {
            candidate.Refuse($"{path}:HttpClient:WebProxy:Address", $"It must be a URL with one of {string.Join(", ", s_proxies)}, as http://proxy.example:3128.");
        }

        foreach (var variable in AddressVariables.Missing(cluster.HttpClient?.WebProxy?.Address is { IsAbsoluteUri: true } named ? Uri.UnescapeDataString(named.UserInfo) : null))
        {
            candidate.Refuse($"{path}:HttpClient:WebProxy:Address", $"The environment variable {variable} is not set.");
        }

        if (cluster.HttpClient?.RequestHeaderEncoding is { } coding && !IsOfHeaders(coding))
        {
            candidate.Refuse($"{path}:HttpClient:RequestHeaderEncoding", "It must be an encoding that writes ASCII as it is, like utf-8 or latin1.");
        }

        foreach (var error in await yarp.ValidateClusterAsync(checkedByYarp))
        {
            candidate.Refuse(path, error.Message);
        }
    }

    /// <summary>Whether headers can be written in an encoding; YARP refuses a name that nobody knows.</summary>
    private static bool IsOfHeaders(string name)
    {
        try
        {
            return Encoding.GetEncoding(name).GetBytes("a: b").AsSpan().SequenceEqual("a: b"u8);
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    /// <summary>The times of what is switched on; an infinite one is YARP's way to have no timeout.</summary>
    private static IEnumerable<(string Name, TimeSpan? Span)> Durations(ClusterConfig cluster)
    {
        var (active, passive) = (cluster.HealthCheck?.Active is { Enabled: true } a ? a : null, cluster.HealthCheck?.Passive is { Enabled: true } p ? p : null);
        return
        [
            ("HttpRequest:ActivityTimeout", cluster.HttpRequest?.ActivityTimeout is { } silence && silence != Timeout.InfiniteTimeSpan ? silence : null),
            ("HealthCheck:Active:Interval", active?.Interval), ("HealthCheck:Active:Timeout", active?.Timeout), ("HealthCheck:Passive:ReactivationPeriod", passive?.ReactivationPeriod),
        ];
    }

    /// <summary>What a route matches, as text; empty where it is looked at in more ways than its path, methods and hosts.</summary>
    private static string Matching(RouteConfig route) =>
        route.Match is not { Path: { } path, Headers: null or { Count: 0 }, QueryParameters: null or { Count: 0 } } match ? ""
        : string.Join('\n', route.Order ?? 0, Parameters().Replace(path.TrimEnd('/'), "{$1}"), string.Join(',', (match.Methods ?? []).Order(StringComparer.OrdinalIgnoreCase)), string.Join(',', (match.Hosts ?? []).Order(StringComparer.OrdinalIgnoreCase)));

    [GeneratedRegex(@"\{(\**)[^{}:]*\}")]
    private static partial Regex Parameters();

    private static void Check(DestinationConfig destination, string path, ConfigurationCandidate candidate)
    {
        if (destination.Health is { Length: > 0 } health && !(Uri.TryCreate(health, UriKind.Absolute, out var asked) && asked.Scheme is "http" or "https"))
        {
            candidate.Refuse($"{path}:Health", "It must be a URL like https://api.example.com/.");
        }

        if (destination.Host?.Any(static c => c is <= ' ' or > '~') == true)
        {
            candidate.Refuse($"{path}:Host", "It must be a host's name, as in api.example.com.");
        }

        if (!Uri.TryCreate(destination.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            candidate.Refuse($"{path}:Address", AddressVariables.Missing(destination.Address).ToList() is { Count: > 0 } missing
                ? $"It is no URL as long as the environment variable {string.Join(" and ", missing)} is not set."
                : "It must be a URL like https://api.example.com/.");
        }
        else if (address is not { UserInfo: "", Query: "", Fragment: "" })
        {
            // None of it would be sent; a password would stand in logs instead.
            candidate.Refuse($"{path}:Address", "It must have no user info, query or fragment. A key is named by KeyEnv in the destination's Metadata.");
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

        var errors = foreign.Count > 0 ? [] : await yarp.ValidateRouteAsync(route);
        foreach (var error in errors)
        {
            candidate.Refuse(path, error.Message);
        }

        // What YARP's own check lets through and its start does not.
        if (errors.Count == 0 && candidate.Clusters.FirstOrDefault(c => c.ClusterId.Equals(route.ClusterId, StringComparison.OrdinalIgnoreCase)) is { } target)
        {
            foreach (var (part, reason) in trial.FaultsOf(route, target))
            {
                candidate.Refuse($"{path}:{part}", reason);
            }
        }
    }
}
