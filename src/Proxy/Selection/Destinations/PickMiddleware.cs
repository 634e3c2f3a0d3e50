using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Forwarding;
using Polly;
using Polly.CircuitBreaker;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>
/// The first step of the proxy pipeline: lets the cluster's load balancing policy pick a destination whose breaker lets the call through. A
/// call that is pinned to its destination passes.
/// </summary>
internal sealed class PickMiddleware(
    RequestDelegate next, IProxyStateLookup proxy, DestinationPicker picker, HealthRegistry registry, TimeProvider time)
{
    private static readonly TimeSpan LongestCheck = TimeSpan.FromSeconds(5);
    private static readonly Func<ResilienceContext, Call, ValueTask<Outcome<bool>>> s_submit = static (_, call) => call.Middleware.SubmitAsync(call);

    /// <summary>Picks for one exchange.</summary>
    public Task InvokeAsync(HttpContext context) => context.Features.Get<ProviderExchange>() is { Pinned: null } exchange
        ? RunAsync(context, exchange)
        : next(context);

    private async Task RunAsync(HttpContext context, ProviderExchange exchange)
    {
        var cluster = exchange.Clusters.Count > 0 && proxy.TryGetCluster(exchange.Clusters[0], out var known) ? known : null;
        while (cluster is not null && await PickAsync(context, cluster, exchange) is { } pick)
        {
            var health = registry.For(cluster.ClusterId, pick.Destination.DestinationId);
            var run = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, CancellationToken.None);
            try
            {
                exchange.Picked = pick.Destination;
                var outcome = await health.Breaker.ExecuteAsync(s_submit, new Call(this, context, exchange, health), run);
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
                // The job itself is counted by now: OnSending has run, so there is no moment in which the pick counts nowhere.
                ResilienceContextPool.Shared.Return(run);
                pick.Reservation?.Remove();
            }
        }

        exchange.NothingAvailable = true;
        var takers = cluster?.Destinations.Values.Where(d => picker.Takes(cluster, d, exchange.Adapter)).Select(d => registry.For(cluster.ClusterId, d.DestinationId)).ToList() ?? [];
        exchange.AvailableAfter = AvailableAfter(takers);
        exchange.Suspended = Suspended(takers);
    }

    /// <summary>Picks; where nothing is available because an account is being checked at this moment, and there is nowhere else to go, it waits for that.</summary>
    private async ValueTask<(DestinationState Destination, LoadCounter? Reservation)?> PickAsync(HttpContext context, ClusterState cluster, ProviderExchange exchange)
    {
        var pick = picker.Pick(context, cluster, exchange);
        if (pick is not null || !exchange.IsPatient)
        {
            return pick;
        }

        var checks = cluster.Destinations.Values.Where(d => picker.Takes(cluster, d, exchange.Adapter)).Select(d => registry.For(cluster.ClusterId, d.DestinationId).FirstCheck).Where(c => !c.IsCompleted).ToList();
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
            await next(call.Context);
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

        // Some providers answer 200 to everything. Where they have a job, its failure is none of the destination's.
        { IsSuccess: true } => exchange.Outcome is JobOutcome.Failed { Failure: { Acceptance: not Acceptance.Yes } failure } ? failure : null,
        { } response => exchange.Adapter.ReadError(response, exchange.Operation),
    };

    /// <summary>Why all that can take a submit are out, where that is an empty account or a refused key; the account's goes first.</summary>
    private static (string Destination, ErrorCode Code)? Suspended(IReadOnlyList<Health.DestinationHealth> takers)
    {
        (string Destination, ErrorCode Code)? first = null;
        foreach (var health in takers)
        {
            if (health.Suspended is not { } code)
            {
                return null;
            }

            first = first?.Code == ErrorCode.InsufficientCredits ? first : first is null || code == ErrorCode.InsufficientCredits ? (health.Id, code) : first;
        }

        return first;
    }

    private TimeSpan? AvailableAfter(IReadOnlyList<Health.DestinationHealth> takers)
    {
        DateTimeOffset? first = null;
        foreach (var health in takers)
        {
            if (health.OutUntil is { } until && !(until >= first))
            {
                first = until;
            }
        }

        var wait = first - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : null;
    }

    private sealed record Call(PickMiddleware Middleware, HttpContext Context, ProviderExchange Exchange, Proxy.Selection.Health.DestinationHealth Health);
}
