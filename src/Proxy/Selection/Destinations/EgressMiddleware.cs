using System.Diagnostics;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Forwarding;
using Polly;
using Polly.CircuitBreaker;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>
/// The first step of the proxy pipeline: lets the cluster's load balancing policy pick a destination whose breaker lets the call through, and
/// sends the request on to the pick.
/// </summary>
internal sealed class EgressMiddleware(
    RequestDelegate next,
    IProxyStateLookup proxy,
    ProviderRoutes routes,
    ProviderTable providers,
    ProviderKeys keys,
    DestinationPicker picker,
    HealthRegistry registry,
    TimeProvider time,
    ILogger<EgressMiddleware> logger)
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(5);
    private static readonly Func<ResilienceContext, Call, ValueTask<Outcome<bool>>> s_submit = static (_, call) => call.Middleware.SubmitAsync(call);

    /// <summary>Runs one exchange.</summary>
    public Task InvokeAsync(HttpContext context) => context.Features.Get<ProviderExchange>() is { } exchange
        ? RunAsync(context, exchange)
        : next(context); // A client's own call on a native route.

    private async Task RunAsync(HttpContext context, ProviderExchange exchange)
    {
        var cluster = exchange.Clusters.Count > 0 && proxy.TryGetCluster(exchange.Clusters[0], out var known) ? known : null;
        if (exchange.Pinned is { } pinned)
        {
            await SendAsync(context, exchange, cluster ?? proxy.GetClusters().First(), pinned);
            return;
        }

        while (cluster is not null && await PickAsync(context, cluster, exchange) is { } pick)
        {
            var health = registry.For(cluster.ClusterId, pick.Destination.DestinationId);
            var run = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, CancellationToken.None);
            try
            {
                var outcome = await health.Breaker.ExecuteAsync(s_submit, new Call(this, context, exchange, cluster, pick.Destination, health), run);
                if (outcome.Exception is not BrokenCircuitException)
                {
                    outcome.ThrowIfException();
                    return;
                }

                // Open, or half open with another submit under way; nothing was sent, so the next one may be asked.
                if (exchange.IsPatient && !health.FirstCheck.IsCompleted)
                {
                    exchange.IsPatient = false;
                    await Task.WhenAny(health.FirstCheck, Task.Delay(LongestCheck, time, context.RequestAborted));
                }
                else
                {
                    (exchange.Excluded ??= []).Add(pick.Destination);
                }
            }
            finally
            {
                ResilienceContextPool.Shared.Return(run);
                pick.Reservation?.Remove();
            }
        }

        exchange.NothingAvailable = true;
        exchange.AvailableAfter = cluster is null ? null : AvailableAfter(cluster);
    }

    /// <summary>Picks; where nothing is available because an account is being checked at this moment, and there is nowhere else to go, it waits for that.</summary>
    private async ValueTask<(DestinationState Destination, LoadCounter? Reservation)?> PickAsync(HttpContext context, ClusterState cluster, ProviderExchange exchange)
    {
        var pick = picker.Pick(context, cluster, exchange);
        if (pick is not null || !exchange.IsPatient)
        {
            return pick;
        }

        var checks = cluster.Destinations.Keys.Select(id => registry.For(cluster.ClusterId, id).FirstCheck).Where(c => !c.IsCompleted).ToList();
        if (checks.Count == 0)
        {
            return null;
        }

        exchange.IsPatient = false;
        await Task.WhenAny([.. checks, Task.Delay(LongestCheck, time, context.RequestAborted)]);
        return picker.Pick(context, cluster, exchange);
    }

    /// <summary>A call that starts a job.</summary>
    /// <returns>True when the destination has failed.</returns>
    private async ValueTask<Outcome<bool>> SubmitAsync(Call call)
    {
        try
        {
            await SendAsync(call.Context, call.Exchange, call.Cluster, call.Destination);
            var failure = FailureOf(call.Exchange);
            if (failure?.Code is ErrorCode.InsufficientCredits or ErrorCode.AuthenticationFailed)
            {
                registry.Suspend(call.Health, failure.Code);
            }

            return Outcome.FromResult(HealthRegistry.Answered(call.Health, failure));
        }
        catch (Exception e)
        {
            // Goes on to whoever has asked for the call.
            return Outcome.FromException<bool>(e);
        }
    }

    private static ProviderFailure? FailureOf(ProviderExchange exchange) => exchange.Response switch
    {
        null => TransportFailures.FromTransport(exchange),
        { IsSuccess: true } => null,
        { } response => exchange.Adapter.ReadError(response, exchange.Operation),
    };

    private async ValueTask SendAsync(HttpContext context, ProviderExchange exchange, ClusterState cluster, DestinationState destination)
    {
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

    private TimeSpan? AvailableAfter(ClusterState cluster)
    {
        DateTimeOffset? first = null;
        foreach (var id in cluster.Destinations.Keys)
        {
            if (registry.For(cluster.ClusterId, id).OutUntil is { } until && !(until >= first))
            {
                first = until;
            }
        }

        var wait = first - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private sealed record Call(
        EgressMiddleware Middleware, HttpContext Context, ProviderExchange Exchange, ClusterState Cluster, DestinationState Destination, Proxy.Selection.Health.DestinationHealth Health);
}
