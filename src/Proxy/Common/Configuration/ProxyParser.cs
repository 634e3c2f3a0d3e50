using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Common.Configuration;

/// <summary>Reads routes and clusters out of a configuration exactly as YARP will.</summary>
internal static class ProxyParser
{
    /// <summary>The section.</summary>
    public const string Section = "ReverseProxy";

    /// <summary>Reads them.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="errors">Takes what cannot be read; that is left out.</param>
    public static (IReadOnlyList<ClusterConfig> Clusters, IReadOnlyList<RouteConfig> Routes) Read(IConfiguration configuration, List<ConfigurationError> errors)
    {
        var section = configuration.GetSection(Section);
        try
        {
            return Parse(section);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            // YARP stops at the first one. One by one, each can be reported with its path.
            var clusters = new List<ClusterConfig>();
            var routes = new List<RouteConfig>();
            foreach (var part in section.GetSection("Clusters").GetChildren().Concat(section.GetSection("Routes").GetChildren()))
            {
                try
                {
                    var (cluster, route) = Parse(Alone(section, part));
                    clusters.AddRange(cluster);
                    routes.AddRange(route);
                }
                catch (Exception inner) when (IsUnreadable(inner))
                {
                    errors.AddRange(UnreadableIn(section, part) is { Count: > 0 } values ? values : [new ConfigurationError(part.Path, inner.Message)]);
                    if (part.Path.Split(ConfigurationPath.KeyDelimiter)[1].Equals("Clusters", StringComparison.OrdinalIgnoreCase))
                    {
                        // The cluster is there, so that a reference to it is no error.
                        clusters.Add(new ClusterConfig { ClusterId = part.Key, Metadata = part.GetSection(nameof(ClusterConfig.Metadata)).GetChildren().Where(m => m.Value is not null).ToDictionary(m => m.Key, m => m.Value!) });
                    }
                }
            }

            return (clusters, routes);
        }
    }

    /// <summary>The values of a cluster or a route that cannot be read by themselves.</summary>
    private static List<ConfigurationError> UnreadableIn(IConfigurationSection root, IConfigurationSection part)
    {
        var errors = new List<ConfigurationError>();
        foreach (var (path, value) in part.AsEnumerable().Where(v => v.Value is not null))
        {
            try
            {
                Parse(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(path[(root.Path.Length + 1)..], value)]).Build());
            }
            catch (Exception e) when (IsUnreadable(e))
            {
                errors.Add(new ConfigurationError(path, e.Message));
            }
        }

        return errors;
    }

    private static bool IsUnreadable(Exception e) => e is FormatException or ArgumentException or InvalidOperationException or NotSupportedException or OverflowException;

    private static (IReadOnlyList<ClusterConfig> Clusters, IReadOnlyList<RouteConfig> Routes) Parse(IConfiguration section)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddReverseProxy().LoadFromConfig(section);
        using var provider = services.BuildServiceProvider();
        var config = provider.GetRequiredService<IProxyConfigProvider>().GetConfig();
        return (config.Clusters, config.Routes);
    }

    private static IConfigurationRoot Alone(IConfigurationSection root, IConfigurationSection part) => new ConfigurationBuilder()
        .AddInMemoryCollection(part.AsEnumerable().Select(p => KeyValuePair.Create(p.Key[(root.Path.Length + 1)..], p.Value)))
        .Build();
}
