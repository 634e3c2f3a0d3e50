using Framegate.Proxy.Common.Configuration;
using Framegate.Transforms.Providers;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Checks a configuration whole, before any of it takes effect: at start, before each reload, for <c>validate</c>, and on demand.</summary>
internal sealed class ConfigurationCheck(IEnumerable<IProxyConfigFilter> filters, IEnumerable<IConfigurationRule> rules, IEnumerable<ISectionRule> sections)
{
    private readonly SectionNames _names = new(sections);

    /// <summary>Checks it.</summary>
    /// <param name="configuration">The values: the file's with the environment's over them.</param>
    /// <param name="adapters">The adapters as they will be.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Everything that is wrong; nothing when it may take effect.</returns>
    public async Task<IReadOnlyList<ConfigurationError>> RunAsync(IConfiguration configuration, AdapterRegistry adapters, CancellationToken cancellationToken)
    {
        var errors = new List<ConfigurationError>();
        var (clusters, routes) = ProxyParser.Read(configuration, errors);
        var byId = new Dictionary<string, ClusterConfig>(StringComparer.OrdinalIgnoreCase);
        foreach (var cluster in clusters)
        {
            byId[cluster.ClusterId] = await FilterAsync(cluster, cancellationToken);
        }

        var filteredRoutes = new List<RouteConfig>();
        foreach (var route in routes)
        {
            filteredRoutes.Add(await FilterAsync(route, byId, cancellationToken));
        }

        var candidate = new ConfigurationCandidate(configuration, [.. byId.Values], filteredRoutes, adapters, _names);
        errors.ForEach(e => candidate.Refuse(e.Path, e.Reason));
        foreach (var rule in rules.Concat(sections))
        {
            await rule.CheckAsync(candidate, cancellationToken);
        }

        return candidate.Errors;
    }

    private async ValueTask<ClusterConfig> FilterAsync(ClusterConfig cluster, CancellationToken cancellationToken)
    {
        foreach (var filter in filters)
        {
            cluster = await filter.ConfigureClusterAsync(cluster, cancellationToken);
        }

        return cluster;
    }

    private async ValueTask<RouteConfig> FilterAsync(RouteConfig route, Dictionary<string, ClusterConfig> clusters, CancellationToken cancellationToken)
    {
        foreach (var filter in filters)
        {
            route = await filter.ConfigureRouteAsync(route, route.ClusterId is { } id ? clusters.GetValueOrDefault(id) : null, cancellationToken);
        }

        return route;
    }
}
