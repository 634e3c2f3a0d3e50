using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Egress;

/// <summary>
/// The endpoint that runs the YARP pipeline for <see cref="YarpEgress"/>. YARP builds endpoints for routes only, so there is one route
/// for this; it asks for a host that cannot exist, and the pipeline answers 404 to a request that carries no exchange.
/// </summary>
internal sealed class EgressEndpoint
{
    private const string Id = "framegate-egress";
    private RouteEndpoint? _endpoint;

    /// <summary>The route to register with YARP.</summary>
    public static RouteConfig Route { get; } = new()
    {
        RouteId = Id,
        ClusterId = Id,
        Match = new RouteMatch { Path = "/", Hosts = ["egress.framegate.invalid"] },
    };

    /// <summary>The cluster the route starts from; every exchange is reassigned to another.</summary>
    public static ClusterConfig Cluster { get; } = new() { ClusterId = Id };

    /// <summary>The endpoint.</summary>
    /// <exception cref="InvalidOperationException">The proxy has not been mapped.</exception>
    public RouteEndpoint Value => _endpoint ?? throw new InvalidOperationException("The proxy pipeline has not been mapped.");

    /// <summary>Looks for the endpoint, once the proxy has been mapped.</summary>
    public void ReadFrom(IEnumerable<EndpointDataSource> sources) =>
        _endpoint = sources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().First(e => e.DisplayName == Id);
}
