using System.Diagnostics;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Routing;

/// <summary>
/// The first step of the proxy pipeline: gathers the destinations of every candidate cluster, lets one load balancing policy pick, and
/// sends the request on to the pick.
/// </summary>
internal sealed class EgressMiddleware(
    RequestDelegate next,
    IProxyStateLookup proxy,
    ProviderRoutes routes,
    ProviderTable providers,
    PolicyTable policies)
{
    /// <summary>Runs one exchange.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<ProviderExchange>() is not { } exchange)
        {
            // A client's own call on a native route.
            await next(context);
            return;
        }

        if (Pick(context, exchange) is not var (cluster, destination))
        {
            exchange.NothingAvailable = true;
            return;
        }

        context.ReassignProxyRequest(routes.For(cluster), cluster);
        context.GetReverseProxyFeature().AvailableDestinations = destination;
        if (exchange.Pinned is null)
        {
            exchange.Key = providers.KeyOf(exchange.Adapter, destination);
        }

        if (exchange.OnPicked is { } onPicked)
        {
            await onPicked(cluster.ClusterId, destination);
        }

        var started = Stopwatch.GetTimestamp();
        await next(context);
        exchange.Elapsed = Stopwatch.GetElapsedTime(started);
        if (context.Features.Get<IForwarderErrorFeature>() is { } failure)
        {
            exchange.Error = failure.Error;
            exchange.Exception ??= failure.Exception;
        }
    }

    private (ClusterState Cluster, DestinationState Destination)? Pick(HttpContext context, ProviderExchange exchange)
    {
        if (exchange.Pinned is { } pinned)
        {
            return (Cluster(exchange.Clusters) ?? proxy.GetClusters().First(), pinned);
        }

        var owners = new Dictionary<DestinationState, ClusterState>(ReferenceEqualityComparer.Instance);
        var available = new List<DestinationState>();
        foreach (var id in exchange.Clusters)
        {
            if (!proxy.TryGetCluster(id, out var cluster))
            {
                continue;
            }

            foreach (var destination in cluster.DestinationsState.AvailableDestinations)
            {
                available.Add(destination);
                owners[destination] = cluster;
            }
        }

        if (available.Count == 0)
        {
            return null;
        }

        var first = owners[available[0]];
        var picked = available.Count == 1 ? available[0] : policies.For(first).PickDestination(context, first, available);
        return picked is null ? null : (owners[picked], picked);
    }

    private ClusterState? Cluster(IReadOnlyList<string> ids) =>
        ids.Count > 0 && proxy.TryGetCluster(ids[0], out var cluster) ? cluster : null;
}
