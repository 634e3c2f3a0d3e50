using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Providers;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Checks a configuration whole, before any of it takes effect: at start, before each reload, for <c>validate</c>, and on demand.</summary>
/// <remarks>A check that throws has found something that nobody has thought of; it is an error of the configuration all the same, and never takes effect.</remarks>
internal sealed class ConfigurationCheck(
    IEnumerable<IProxyConfigFilter> filters, IEnumerable<IConfigurationRule> rules, IEnumerable<ISectionRule> sections, ILogger<ConfigurationCheck> logger)
{
    private readonly SectionNames _names = new(sections);

    /// <summary>The sections below a path.</summary>
    public IEnumerable<string> Sections(string path) => _names.Under(path);

    /// <summary>Checks it.</summary>
    /// <param name="configuration">The values: the file's with the environment's over them.</param>
    /// <param name="adapters">The adapters as they will be.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Everything that is wrong; nothing when it may take effect.</returns>
    public async Task<IReadOnlyList<ConfigurationError>> RunAsync(IConfiguration configuration, AdapterRegistry adapters, CancellationToken cancellationToken)
    {
        var unreadable = new List<ConfigurationError>();
        var failed = new List<ConfigurationError>();
        var (clusters, routes) = ProxyParser.Read(configuration, unreadable);
        var byId = new Dictionary<string, ClusterConfig>(StringComparer.OrdinalIgnoreCase);
        foreach (var cluster in clusters)
        {
            await TryAsync($"{ProxyParser.Section}:Clusters:{cluster.ClusterId}", failed, async () => byId[cluster.ClusterId] = await FilterAsync(cluster, cancellationToken));
        }

        var filteredRoutes = new List<RouteConfig>();
        foreach (var route in routes)
        {
            await TryAsync(
                $"{ProxyParser.Section}:Routes:{route.RouteId}", failed, async () => filteredRoutes.Add(await FilterAsync(route, byId, cancellationToken)));
        }

        var candidate = new ConfigurationCandidate(configuration, [.. byId.Values], filteredRoutes, adapters, _names);
        var unfit = ProxyKeys.Check(candidate);

        // YARP's own words only where nothing better is known.
        foreach (var error in unreadable.Where(e => !unfit.Any(u => u.Equals(e.Path, StringComparison.OrdinalIgnoreCase) || u.StartsWith(e.Path + ":", StringComparison.OrdinalIgnoreCase))))
        {
            candidate.Refuse(error.Path, error.Reason);
        }

        foreach (var rule in rules.Concat(sections))
        {
            await TryAsync((rule as ISectionRule)?.Section ?? ProxyParser.Section, failed, async () => await rule.CheckAsync(candidate, cancellationToken));
        }

        return [.. candidate.Errors, .. failed];
    }

    private async Task TryAsync(string path, List<ConfigurationError> failed, Func<Task> check)
    {
        try
        {
            await check();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.ConfigurationCheckFailed(logger, e, path);
            failed.Add(new ConfigurationError(path, $"It cannot be checked ({e.GetType().Name}), so it is rejected; the log has the details."));
        }
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
