using System.Diagnostics;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Destinations;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Native;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// A client's call on a native route: finds the destination it must go to, and answers in the provider's own error shape when there is
/// nothing to forward. Nothing is repeated here; a paid POST is sent once, and is answered so that nobody repeats it where it may have been accepted.
/// </summary>
internal sealed class NativeMiddleware(
    RequestDelegate next, ProviderTable providers, PolicyTable policies, INativeJobs jobs, NativeSubmits submits, SubmitsUnderway underway, NativeWall wall,
    HealthRegistry health, FramegateMetrics metrics, ILogger<NativeMiddleware> logger)
{
    private const int ShortestId = 8;
    private const int MostIds = 64;

    public Task InvokeAsync(HttpContext context) => context.Features.Get<ProviderExchange>() is not null ? next(context)
        : HttpMethods.IsPost(context.Request.Method) && AdapterOf(context) is { } adapter ? submits.AnswerAsync(context, adapter, ForwardAsync)
        : ForwardAsync(context);

    /// <summary>A submit that could not be remembered is not sent.</summary>
    public static Task RefuseUnstoredAsync(HttpContext context, ProviderAdapter adapter)
    {
        context.Response.Headers.RetryAfter = "5";
        return NativeRefusal.WriteAsync(context, adapter, StatusCodes.Status503ServiceUnavailable, "Framegate cannot store jobs at the moment; its disk is full or away. Nothing was sent.");
    }

    private ProviderAdapter? AdapterOf(HttpContext context) => context.GetReverseProxyFeature().Route.Cluster is { } cluster ? providers.Find(cluster.ClusterId) : null;

    private async Task ForwardAsync(HttpContext context)
    {
        var feature = context.GetReverseProxyFeature();
        if (feature.Route.Cluster is not { } cluster || providers.Find(cluster.ClusterId) is not { } adapter)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (destination, status, refusal) = await PickAsync(context, cluster, adapter);
        if (destination is null)
        {
            await NativeRefusal.WriteAsync(context, adapter, status, refusal!);
            return;
        }

        feature.AvailableDestinations = destination;
        var began = Stopwatch.GetTimestamp();
        using (HttpMethods.IsPost(context.Request.Method) ? underway.Begin() : default)
        {
            await next(context);
        }

        Learn(context, cluster.ClusterId, destination.DestinationId);
        if (context.Features.Get<IForwarderErrorFeature>() is { } failure && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            if (NoRoomForBodyException.IsCauseOf(failure.Exception))
            {
                // Refused where the room is counted. The provider has got a part of a body, and can have accepted nothing.
                throw new NoRoomForBodyException();
            }

            await FailAsync(context, adapter, failure);
        }

        metrics.NativeCallEnded(cluster.ClusterId, context.Response.StatusCode);
        if (NativeTarget.Of(context).Endpoint is { Use: NativeEndpointUse.Submit } endpoint)
        {
            var acceptance = context.Response.StatusCode switch
            {
                >= 200 and < 300 => Acceptance.Yes,
                FailureStatus.NotToBeRepeated => Acceptance.Unknown,
                _ => Acceptance.No,
            };
            var took = Stopwatch.GetElapsedTime(began);
            metrics.NativeSubmit(cluster.ClusterId, acceptance, took);
            Log.NativeSubmitEnded(
                logger, endpoint.Path, cluster.ClusterId, destination.DestinationId, context.Response.StatusCode, (long)took.TotalMilliseconds, context.TraceIdentifier);
        }
    }

    /// <summary>What a native call shows of the destination counts in its score, as that of any other call. Its breaker is for submits of Framegate's own.</summary>
    private void Learn(HttpContext context, string cluster, string destination)
    {
        var failure = context.Features.Get<IForwarderErrorFeature>();
        if (context.RequestAborted.IsCancellationRequested || NoRoomForBodyException.IsCauseOf(failure?.Exception))
        {
            return;
        }

        if (failure is not null)
        {
            Log.NativeCallFailed(logger, context.Request.Method, cluster, destination, TransportCause.Of(failure.Error, failure.Exception), context.TraceIdentifier);
        }

        // Nothing was asked of the destination.
        if (failure?.Error == ForwarderError.RequestCreation)
        {
            return;
        }

        var code = failure is not null ? ErrorCode.NetworkError : context.Response.StatusCode switch
        {
            StatusCodes.Status429TooManyRequests => ErrorCode.RateLimitExceeded,
            >= 500 => ErrorCode.ProviderError,
            >= 400 => ErrorCode.InvalidRequest,
            _ => (ErrorCode?)null,
        };
        if (code is not null || HttpMethods.IsPost(context.Request.Method))
        {
            HealthRegistry.Answered(health.For(cluster, destination), code is { } known ? new ProviderFailure(known, "") : null);
        }
    }

    private async ValueTask<(DestinationState? Destination, int Status, string? Refusal)> PickAsync(HttpContext context, ClusterState cluster, ProviderAdapter adapter)
    {
        var path = context.Request.Path.Value ?? "/";
        var start = path.IndexOf("/~", StringComparison.Ordinal);
        DestinationState? destination;
        NativePin? pinned = null;
        if (start >= 0 && NativePin.Read(path[start..], out _) is { } pin
            && (cluster.Destinations.TryGetValue(pin.Destination, out destination) || start == EndOfLiteral(context)))
        {
            if (!cluster.Destinations.TryGetValue(pin.Destination, out destination))
            {
                return (null, StatusCodes.Status404NotFound, "The job's destination is not configured any more.");
            }

            if (pin is { Host: not null, Seal: null } && (!Uri.TryCreate("https://" + pin.Host, UriKind.Absolute, out var host)
                || adapter.TrustOf(host, new Uri(destination.Model.Config.Address), UrlUse.Job) != UrlTrust.WithKey))
            {
                return (null, StatusCodes.Status400BadRequest, "The path names a host that is not the provider's.");
            }

            pinned = pin;
        }
        else
        {
            // What is no submit goes on where nothing is submitted: the jobs there are paid for.
            var (endpoint, mayBePaid) = Guess(context, cluster, adapter);
            var state = cluster.DestinationsState;
            var available = mayBePaid || state.AvailableDestinations.Count > 0 ? state.AvailableDestinations : state.AllDestinations;
            try
            {
                destination = available.Count > 0 && cluster.Destinations.Count > 1 ? await KnownAsync(context, cluster, endpoint) : null;
            }
            catch (StoreUnavailableException)
            {
                context.Response.Headers.RetryAfter = "5";
                return (null, StatusCodes.Status503ServiceUnavailable, "Framegate cannot look up where jobs are at the moment; its store is away. Nothing was sent.");
            }

            if (available.Count > 1 && available.Where(d => providers.KeyVariableOf(adapter, d) is not null).ToList() is { Count: > 0 } keyed)
            {
                available = keyed;
            }

            destination ??= available.Count switch
            {
                0 => null,
                1 => available[0],
                _ => policies.For(cluster).PickDestination(context, cluster, available),
            };
            if (destination is null)
            {
                return (null, StatusCodes.Status503ServiceUnavailable, "No destination of the provider is available.");
            }
        }

        Uri? url = null;
        if (adapter.NativeTargetHeader is { } header && context.Request.Headers[header.Name] is [{ } named, ..])
        {
            if (!Uri.TryCreate(named, UriKind.Absolute, out var target)
                || header.Resolve(target, new Uri(destination.Model.Config.Address)) is not { } resolved)
            {
                return (null, StatusCodes.Status400BadRequest, $"{header.Name} names a host that is not the provider's.");
            }

            url = resolved;
        }

        if (providers.KeyVariableOf(adapter, destination) is not { } variable)
        {
            return (null, StatusCodes.Status502BadGateway, $"Framegate has no key for {cluster.ClusterId}; {providers.WhatToSet(cluster.ClusterId)}.");
        }

        new NativeTarget(variable) { Url = url, Pin = pinned }.Keep(context);
        return (destination, 0, null);
    }

    /// <summary>What kind of call it seems to be. A route may change paths in more ways than are looked at here, so the URL that goes out is judged once more.</summary>
    private (NativeEndpoint? Endpoint, bool MayBePaid) Guess(HttpContext context, ClusterState cluster, ProviderAdapter adapter)
    {
        var method = context.Request.Method;
        if (cluster.DestinationsState.AllDestinations is not [{ } any, ..])
        {
            return (null, HttpMethods.IsPost(method));
        }

        var address = adapter.NativeBase(any.Model.Config.Address);
        if (adapter.NativeTargetHeader is { } header && context.Request.Headers[header.Name] is [{ } named, ..])
        {
            return Uri.TryCreate(named, UriKind.Absolute, out var target) && header.Resolve(target, new Uri(any.Model.Config.Address)) is { } url
                ? wall.Guess(method, adapter, cluster.ClusterId, NativeAddress.Below(url, address), Origin.Same(url, new Uri(address)) ? null : url.IdnHost)
                : (null, HttpMethods.IsPost(method));
        }

        var full = context.Request.Path.Value ?? "/";
        var literal = Math.Min(EndOfLiteral(context), full.Length);
        var path = NativeAddress.Encoded(context, full[..literal], full[literal..]);
        return wall.Guess(method, adapter, cluster.ClusterId, adapter.NativePathRepair?.Invoke(path) ?? path, null);
    }

    /// <summary>Where the job lives that a call names in its path, its query or its body; a large body is not looked into.</summary>
    private async ValueTask<DestinationState?> KnownAsync(HttpContext context, ClusterState cluster, NativeEndpoint? endpoint)
    {
        var ids = (context.Request.Path.Value ?? "").Split('/').Where(s => s.Length >= ShortestId)
            .Concat(context.Request.Query.SelectMany(p => p.Value).OfType<string>().SelectMany(v => v.Split(',')));
        if (endpoint?.IdMember is { } member && await NativeBodyIds.IdsAsync(context.Request, member, context.RequestAborted, ofLarge: false) is { } named)
        {
            ids = named.Concat(ids);
        }

        string[] looked = [.. ids.Where(i => i.Length > 0).Distinct(StringComparer.Ordinal).Take(MostIds)];
        return looked.Length > 0 && await jobs.FindAsync(cluster.ClusterId, looked, context.RequestAborted) is { } destination ? cluster.Destinations.GetValueOrDefault(destination) : null;
    }

    /// <summary>Where the route's own part of the path ends: a tilde further back is the provider's business.</summary>
    private static int EndOfLiteral(HttpContext context)
    {
        var pattern = context.GetReverseProxyFeature().Route.Config.Match.Path ?? "/";
        var variable = pattern.IndexOf("/{", StringComparison.Ordinal);
        return Math.Max(variable, 0);
    }

    private static Task FailAsync(HttpContext context, ProviderAdapter adapter, IForwarderErrorFeature failure)
    {
        var status = context.Response.StatusCode;
        context.Response.Clear();
        var message = status switch
        {
            StatusCodes.Status504GatewayTimeout => "The provider did not answer in time.",
            StatusCodes.Status502BadGateway or StatusCodes.Status503ServiceUnavailable => "The provider cannot be reached, or the connection to it broke.",
            _ => "The request could not be forwarded.",
        };
        return NativeTarget.Of(context).MayBePaid && !TransportFailures.NeverSent(failure.Error, failure.Exception)
            ? NativeRefusal.WriteAsync(context, adapter, status, message, NativeAnswer.ForbidRetry(context.Response, status))
            : NativeRefusal.WriteAsync(context, adapter, status, message);
    }
}
