using System.Diagnostics;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>Sends an exchange to the destination that is picked for it, or that it is pinned to, with that destination's key.</summary>
internal sealed class SendMiddleware(
    RequestDelegate next, IProxyStateLookup proxy, ProviderRoutes routes, ProviderTable providers, ProviderKeys keys, SecretVault vault, ILogger<SendMiddleware> logger)
{
    /// <summary>Sends one exchange.</summary>
    public Task InvokeAsync(HttpContext context) => context.Features.Get<ProviderExchange>() is { } exchange
        ? SendAsync(context, exchange)
        : next(context); // A client's own call on a native route.

    private async Task SendAsync(HttpContext context, ProviderExchange exchange)
    {
        // A job may outlive its cluster's configuration. The client of no other provider, with its proxy and its certificates, may carry the call.
        var destination = exchange.Pinned ?? exchange.Picked!;
        var cluster = proxy.TryGetCluster(exchange.Clusters[0], out var live) || proxy.TryGetCluster(EgressEndpoint.Cluster.ClusterId, out live)
            ? live
            : throw new InvalidOperationException("The proxy has not been configured.");
        context.ReassignProxyRequest(routes.For(cluster), cluster);
        context.GetReverseProxyFeature().AvailableDestinations = destination;
        var variable = exchange.WithKey ? exchange.KeyVariable ?? providers.KeyVariableOf(exchange.Adapter, destination) : null;
        exchange.Key = await keys.ResolveAsync(exchange.Adapter, variable, renew: false, context.RequestAborted);
        Mask(exchange);
        if (variable is not null && exchange.Key is null)
        {
            // No token for the key file. Without one the provider could only refuse.
            exchange.NoCredentials = true;
            return;
        }

        var body = exchange.Request.Body;
        if (exchange.Prepare is { } prepare && !await prepare(exchange, destination))
        {
            return;
        }

        exchange.OnPicked?.Invoke(exchange, destination);
        if (!ReferenceEquals(exchange.Request.Body, body))
        {
            YarpEgress.SetBody(context, exchange);
        }

        var started = Stopwatch.GetTimestamp();
        await next(context);
        await exchange.WhenBegunAsync();
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
            Log.CallFailed(logger, exchange.Operation, exchange.Clusters[0], destination.DestinationId, TransportCause.Of(failure.Error, exchange.Exception));
        }
    }

    /// <summary>What goes out with the call must not come back with its answer, whatever the adapter has made of it.</summary>
    private void Mask(ProviderExchange exchange)
    {
        if (exchange.Key is { } key)
        {
            exchange.At = keys.Now;
            vault.LearnKey(exchange.Adapter, key, exchange.At);
        }

        exchange.Mask = vault.Mask;
    }

    private async Task RenewAsync(HttpContext context, ProviderExchange exchange, string? variable)
    {
        exchange.Key = await keys.ResolveAsync(exchange.Adapter, variable, renew: true, context.RequestAborted);
        Mask(exchange);
        (exchange.Response, exchange.CutResponse, exchange.Status, exchange.Exception, exchange.Sent, exchange.Sendings) = (null, null, 0, null, false, 0);
        exchange.Requests++;
        context.Response.Clear();
        context.Features.Set<IForwarderErrorFeature>(null);
        if (context.Request.Body.CanSeek)
        {
            context.Request.Body.Position = 0;
        }
    }
}
