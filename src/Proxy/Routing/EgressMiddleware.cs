using System.Diagnostics;
using Framegate.Proxy.Telemetry;
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
    ProviderKeys keys,
    PolicyTable policies,
    ILogger<EgressMiddleware> logger)
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
        var variable = exchange.WithKey ? exchange.KeyVariable ?? providers.KeyVariableOf(exchange.Adapter, destination) : null;
        exchange.Key = await keys.ResolveAsync(exchange.Adapter, variable, renew: false, context.RequestAborted);
        if (variable is not null && exchange.Key is null)
        {
            // No token for the key file. Without one the provider could only refuse.
            exchange.NoCredentials = true;
            return;
        }

        if (exchange.OnPicked is { } onPicked)
        {
            await onPicked(cluster.ClusterId, destination);
        }

        var started = Stopwatch.GetTimestamp();
        await next(context);
        if (exchange.Status == StatusCodes.Status401Unauthorized && keys.IsRenewable(exchange.Adapter, variable))
        {
            // The token was withdrawn before its time. A call that was not let in has done nothing, so it may be sent again.
            await RenewAsync(context, exchange, variable);
            await next(context);
        }

        exchange.Elapsed = Stopwatch.GetElapsedTime(started);
        if (context.Features.Get<IForwarderErrorFeature>() is { } failure)
        {
            exchange.Error = failure.Error;
            exchange.Exception ??= failure.Exception;
            Log.CallFailed(logger, exchange.Adapter.Name, exchange.Operation, failure.Error);
        }
    }

    private async Task RenewAsync(HttpContext context, ProviderExchange exchange, string? variable)
    {
        exchange.Key = await keys.ResolveAsync(exchange.Adapter, variable, renew: true, context.RequestAborted);
        (exchange.Response, exchange.Status, exchange.Exception) = (null, 0, null);
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        if (context.Request.Body.CanSeek)
        {
            context.Request.Body.Position = 0;
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
