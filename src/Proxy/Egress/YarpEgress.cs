using System.Runtime.InteropServices;
using Framegate.Plugins;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>
/// The way out through YARP. Every call to a provider, a client's as well as a background job's, runs through the YARP pipeline on a request
/// context of its own, so that no client's disconnect can cut a paid submit short.
/// </summary>
internal sealed class YarpEgress(IServiceProvider services, EgressEndpoint endpoint, ProviderTable providers) : IEgress
{
    private const int MaxRedirects = 5;

    /// <inheritdoc />
    public Task SendAsync(ProviderExchange exchange, CancellationToken cancellationToken)
    {
        var features = new EgressContext(services, endpoint.Value, exchange.Request.Method) { RequestAborted = cancellationToken };
        features.Set(exchange);
        var context = new DefaultHttpContext(features);
        SetBody(context, exchange);
        var sending = endpoint.Value.RequestDelegate!(context);
        return cancellationToken.CanBeCanceled ? ThrowIfCancelledAsync(sending, cancellationToken) : sending;
    }

    /// <inheritdoc />
    /// <remarks>Redirects are followed here and each hop is judged again, since the key must not travel along.</remarks>
    public async Task<ProviderExchange?> SendToAsync(
        ProviderAdapter adapter,
        JobLocation jobLocation,
        NativeCall operation,
        NativeRequest request,
        Func<HttpResponseMessage, CancellationToken, Task>? consume,
        IAnswerSink? sink,
        CancellationToken cancellationToken)
    {
        ProviderExchange? exchange = null;
        for (var hop = 0; ; hop++)
        {
            var trust = TrustOf(adapter, jobLocation, operation, request.Target);
            if (trust == UrlTrust.Refused)
            {
                // A redirect that is not followed is an answer, if a poor one.
                return exchange;
            }

            exchange = new ProviderExchange(adapter, operation, request, [jobLocation.Cluster])
            {
                Pinned = providers.DestinationOf(jobLocation),
                KeyVariable = jobLocation.KeyVariable,
                WithKey = trust == UrlTrust.WithKey && jobLocation.KeyVariable is not null,
                Consume = consume,
                Sink = sink,
                Requests = hop + 1,
            };
            await SendAsync(exchange, cancellationToken);
            if (exchange.Status is not (301 or 302 or 303 or 307 or 308) || exchange.Location is not { } location || hop == MaxRedirects
                || !HttpMethods.IsGet(request.Method))
            {
                return exchange;
            }

            var (from, to) = (Absolute(jobLocation, request.Target), new Uri(Absolute(jobLocation, request.Target), location));
            if (to == from)
            {
                return exchange;
            }

            request = request with { Target = to.AbsoluteUri };
        }
    }

    /// <summary>What the pipeline forwards.</summary>
    public static void SetBody(HttpContext context, ProviderExchange exchange)
    {
        // Where somebody waits for the moment of sending, the body is opened at that moment (SubmitContent).
        context.Request.Body = exchange is not { Body: { } body, OnSending: null } ? Stream.Null
            : exchange.Request.Held.Count == 0 ? AsStream(exchange.Request.Body!.Bytes)
            : body.Open();
        context.Request.ContentLength = exchange.Body?.Length ?? 0;
    }

    private static async Task ThrowIfCancelledAsync(Task sending, CancellationToken cancellationToken)
    {
        await sending;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static UrlTrust TrustOf(ProviderAdapter adapter, JobLocation jobLocation, NativeCall operation, string target) => target.StartsWith('/')
        ? UrlTrust.WithKey
        : adapter.TrustOf(new Uri(target), new Uri(jobLocation.Address), operation == NativeCall.Download ? UrlUse.Download : UrlUse.Job);

    private static Uri Absolute(JobLocation jobLocation, string target) =>
        target.StartsWith('/') ? new Uri(jobLocation.Address.TrimEnd('/') + target) : new Uri(target);

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var segment)
        ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);
}
