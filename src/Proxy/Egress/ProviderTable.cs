using Framegate.Plugins;
using Framegate.Transforms.Providers;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Egress;

/// <summary>Joins the configured clusters to their adapters. A provider's name is its cluster's id.</summary>
internal sealed class ProviderTable(IProxyStateLookup proxy, AdapterRegistry adapters, ProviderKeys keys)
{
    /// <summary>The metadata of a cluster that names its adapter; without it the cluster's id does.</summary>
    public const string AdapterKey = "Adapter";

    /// <summary>The names of all providers, in order.</summary>
    public IReadOnlyList<string> Names =>
        [.. proxy.GetClusters().Where(c => AdapterOf(c) is not null).Select(c => c.ClusterId).Order(StringComparer.Ordinal)];

    /// <summary>The keys under which requests give native parameters.</summary>
    public IReadOnlyList<string> ExtrasKeys => [.. Names.Select(n => Find(n)?.ExtrasKey).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Whether requests may give native parameters under a key.</summary>
    public bool IsExtrasKey(string key) => proxy.GetClusters().Any(c => AdapterOf(c)?.ExtrasKey == key);

    /// <summary>The adapter of a provider.</summary>
    /// <returns>Null when there is no such provider.</returns>
    public ProviderAdapter? Find(string provider) => proxy.TryGetCluster(provider, out var cluster) ? AdapterOf(cluster) : null;

    /// <summary>The adapter of a provider whose cluster may be gone from the configuration while its jobs live on.</summary>
    public ProviderAdapter? FindForJob(string provider, string adapter, string model, JobHandle? job) => adapters.FindForJob(adapter, model, job) ?? Find(provider);

    /// <summary>Whether a provider has anywhere to send to.</summary>
    public bool HasDestination(string provider) => proxy.TryGetCluster(provider, out var cluster) && !cluster.Destinations.IsEmpty;

    /// <summary>Whether a provider has a destination that can be tried and is none of these.</summary>
    public bool HasAvailable(string provider, List<DestinationState> except)
    {
        if (!proxy.TryGetCluster(provider, out var cluster))
        {
            return false;
        }

        foreach (var destination in cluster.DestinationsState.AvailableDestinations)
        {
            if (!except.Contains(destination))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any destination of a provider has a key.</summary>
    public bool HasKey(string provider) =>
        proxy.TryGetCluster(provider, out var cluster)
        && AdapterOf(cluster) is { } adapter
        && HasKey(cluster.DestinationsState.AllDestinations, adapter);

    private bool HasKey(IReadOnlyList<DestinationState> destinations, ProviderAdapter adapter)
    {
        for (var i = 0; i < destinations.Count; i++)
        {
            if (KeyVariableOf(adapter, destinations[i]) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The variables of which one would give a provider a key: those that its destinations name, else its adapter's.</summary>
    public IReadOnlyList<string> KeyVariablesOf(string provider) =>
        !proxy.TryGetCluster(provider, out var cluster) || AdapterOf(cluster) is not { } adapter ? []
        : cluster.DestinationsState.AllDestinations.Count == 0 ? adapter.KeyVariables
        : [.. cluster.DestinationsState.AllDestinations.OrderBy(d => d.DestinationId, StringComparer.Ordinal).SelectMany(d => ProviderKeys.VariablesFor(adapter, d.Model.Config)).Distinct(StringComparer.Ordinal)];

    /// <summary>What is to be done to give a provider a key, for people.</summary>
    public string WhatToSet(string provider) => "set " + string.Join(" or ", KeyVariablesOf(provider).Select(ProviderKeys.Described));

    /// <summary>The variable that holds the key of a destination.</summary>
    /// <returns>Null when there is none.</returns>
    public string? KeyVariableOf(ProviderAdapter adapter, DestinationState destination) => keys.VariableFor(adapter, destination.Model.Config);

    /// <summary>The place that a job accepted by this destination lives at.</summary>
    public JobLocation LocationOf(ProviderAdapter adapter, string cluster, DestinationState destination) => new(
        cluster, destination.DestinationId, destination.Model.Config.Address, keys.VariableFor(adapter, destination.Model.Config));

    /// <summary>The destination of a home, even when the configuration has changed since.</summary>
    public DestinationState DestinationOf(JobLocation jobLocation)
    {
        if (proxy.TryGetCluster(jobLocation.Cluster, out var cluster)
            && cluster.Destinations.TryGetValue(jobLocation.Destination, out var live)
            && live.Model.Config.Address == jobLocation.Address)
        {
            return live;
        }

        return new DestinationState(jobLocation.Destination, new DestinationModel(new() { Address = jobLocation.Address }));
    }

    private ProviderAdapter? AdapterOf(ClusterState cluster) =>
        adapters.Find(cluster.Model.Config.Metadata?.GetValueOrDefault(AdapterKey) ?? cluster.ClusterId);
}
