using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Destinations;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>
/// Holds the keys and values of <c>ReverseProxy</c> against what YARP binds them to: YARP itself leaves out a misspelt key without a word. Open are transforms and metadata;
/// of metadata, what looks like a key of Framegate's and is none is refused.
/// </summary>
internal static class ProxyKeys
{
    private const string Clusters = "Clusters";
    private const string Routes = "Routes";
    private const string Metadata = "Metadata";

    private static readonly string[] OfCluster = [ProviderTable.AdapterKey];
    private static readonly string[] OfDestination = [ProviderKeys.KeyEnv, DestinationTargets.Weight, DestinationTargets.Priority, "Region"];

    /// <summary>Notes what does not fit.</summary>
    /// <returns>The paths of it.</returns>
    public static IReadOnlyCollection<string> Check(ConfigurationCandidate candidate)
    {
        var root = candidate.Configuration.GetSection(ProxyParser.Section);
        foreach (var child in root.GetChildren().Where(c => !Is(c.Key, Clusters) && !Is(c.Key, Routes)))
        {
            candidate.Refuse(child.Path, $"There is no such section; there are {Clusters}, {Routes}.");
        }

        foreach (var child in root.GetChildren().Append(root).Where(c => c.Value is { Length: > 0 }))
        {
            candidate.Refuse(child.Path, "It must be an object.");
        }

        var keys = new SectionKeys(candidate, candidate.Sections);
        foreach (var route in root.GetSection(Routes).GetChildren())
        {
            keys.Check(route, typeof(RouteConfig));
        }

        foreach (var cluster in root.GetSection(Clusters).GetChildren())
        {
            keys.Check(cluster, typeof(ClusterConfig));
            CheckMetadata(cluster.GetSection(Metadata), OfCluster, candidate);
            foreach (var destination in cluster.GetSection("Destinations").GetChildren())
            {
                CheckMetadata(destination.GetSection(Metadata), OfDestination, candidate);
            }
        }

        return keys.Unfit;
    }

    private static void CheckMetadata(IConfigurationSection section, string[] known, ConfigurationCandidate candidate)
    {
        foreach (var child in section.GetChildren().Where(c => !known.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            if (known.FirstOrDefault(k => Spelling.IsNear(child.Key, k)) is { } meant)
            {
                candidate.Refuse(child.Path, $"Nothing reads it; is {meant} meant?");
            }
        }
    }

    private static bool Is(string key, string name) => key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
