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
            // YARP stops at the first one. One by one, each can be told with its path.
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
                    errors.Add(new ConfigurationError(part.Path, inner.Message));
                }
            }

            return (clusters, routes);
        }
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
