using System.Diagnostics.CodeAnalysis;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Tests.Routing;

/// <summary>A configuration with one destination.</summary>
internal sealed class OneCluster : IProxyStateLookup
{
    private readonly ClusterState _cluster = new("only");

    public OneCluster(string address) =>
        _cluster.Destinations.TryAdd("only", new DestinationState("only", new DestinationModel(new() { Address = address })));

    public IEnumerable<ClusterState> GetClusters() => [_cluster];

    public IEnumerable<RouteModel> GetRoutes() => [];

    public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster)
    {
        cluster = id == "only" ? _cluster : null;
        return cluster is not null;
    }

    public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route)
    {
        route = null;
        return false;
    }
}
