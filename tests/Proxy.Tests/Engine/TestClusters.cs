using System.Diagnostics.CodeAnalysis;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Every built-in adapter under its own name, the providers <c>alpha</c> and <c>beta</c>, <c>twin</c> with two destinations, <c>hasty</c> that cancels at the deadline,
/// <c>caller</c> that calls back, and one for each way to find a lost job.</summary>
internal sealed class TestClusters : IProxyStateLookup
{
    private readonly List<ClusterState> _all =
    [
        New("alpha", ScriptedAdapter.Usual, "only"),
        New("beta", ScriptedAdapter.Usual, "only"),
        New("twin", ScriptedAdapter.Usual, "eu", "us"),
        .. ReconcilingAdapter.All.Select(a => New(a.Name, a.Name, "only")),
        New("caller", ScriptedAdapter.Calling, "only"),
        New("hasty", ScriptedAdapter.Hasty, "only"),
        .. JobWords.Adapters.Select(a => New(a.Name, a.Name, "only")),
    ];

    public ClusterState? Find(string id) => _all.Find(c => c.ClusterId == id);

    public bool TryGetRoute(string id, [NotNullWhen(true)] out RouteModel? route) => throw new NotSupportedException();

    public IEnumerable<RouteModel> GetRoutes() => [];

    public bool TryGetCluster(string id, [NotNullWhen(true)] out ClusterState? cluster) => (cluster = Find(id)) is not null;

    public IEnumerable<ClusterState> GetClusters() => _all;

    private static ClusterState New(string id, string adapter, params string[] destinations)
    {
        var all = destinations.ToDictionary(d => d, d => new DestinationConfig { Address = $"https://{d}.{id}.example/" });
        var config = new ClusterConfig { ClusterId = id, Metadata = new Dictionary<string, string> { ["Adapter"] = adapter }, Destinations = all };
        var cluster = new ClusterState(id, new ClusterModel(config, new HttpMessageInvoker(new HttpClientHandler())));
        foreach (var (name, destination) in all)
        {
            cluster.Destinations.TryAdd(name, new DestinationState(name, new DestinationModel(destination)));
        }

        return cluster;
    }
}
