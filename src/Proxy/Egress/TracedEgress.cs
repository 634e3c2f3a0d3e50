using System.Diagnostics;
using System.Globalization;
using Framegate.Plugins;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>Makes a span of each call of a provider: submits, polls, look-ups, cancels and downloads. Nothing of the trace goes out with the call.</summary>
internal sealed class TracedEgress(IEgress inner) : IEgress
{
    /// <inheritdoc />
    public Task SendAsync(ProviderExchange exchange, CancellationToken cancellationToken) =>
        Begin(exchange.Operation, exchange.Clusters[0]) is { } span ? SendAsync(exchange, span, cancellationToken) : inner.SendAsync(exchange, cancellationToken);

    /// <inheritdoc />
    public Task<ProviderExchange?> SendToAsync(
        ProviderAdapter adapter,
        JobLocation jobLocation,
        NativeCall operation,
        NativeRequest request,
        Func<HttpResponseMessage, CancellationToken, Task>? consume,
        IAnswerSink? sink,
        CancellationToken cancellationToken) => Begin(operation, jobLocation.Cluster) is { } span
        ? SendToAsync(adapter, jobLocation, operation, request, consume, sink, span, cancellationToken)
        : inner.SendToAsync(adapter, jobLocation, operation, request, consume, sink, cancellationToken);

    private async Task SendAsync(ProviderExchange exchange, Activity span, CancellationToken cancellationToken)
    {
        using (span)
        {
            try
            {
                await inner.SendAsync(exchange, cancellationToken);
                End(span, exchange);
            }
            catch (OperationCanceledException)
            {
                span.Failed("cancelled");
                throw;
            }
        }
    }

    private async Task<ProviderExchange?> SendToAsync(
        ProviderAdapter adapter,
        JobLocation jobLocation,
        NativeCall operation,
        NativeRequest request,
        Func<HttpResponseMessage, CancellationToken, Task>? consume,
        IAnswerSink? sink,
        Activity span,
        CancellationToken cancellationToken)
    {
        using (span)
        {
            try
            {
                var exchange = await inner.SendToAsync(adapter, jobLocation, operation, request, consume, sink, cancellationToken);
                span.SetTag("framegate.destination", jobLocation.Destination);
                if (exchange is null)
                {
                    span.Failed("untrusted_address");
                }
                else
                {
                    End(span, exchange);
                }

                return exchange;
            }
            catch (OperationCanceledException)
            {
                span.Failed("cancelled");
                throw;
            }
        }
    }

    private static Activity? Begin(NativeCall operation, string provider) =>
        Tracing.Begin(operation.ToString().ToLowerInvariant(), ActivityKind.Client)?.SetTag(Tracing.Provider, provider);

    private static void End(Activity span, ProviderExchange exchange)
    {
        if ((exchange.Pinned ?? exchange.Picked) is { } destination)
        {
            span.SetTag("framegate.destination", destination.DestinationId);
        }

        if (exchange.Status > 0)
        {
            span.SetTag(Tracing.Status, exchange.Status);
        }

        if (exchange.NothingAvailable || exchange.NoCredentials)
        {
            span.Failed(exchange.NoCredentials ? "no_credentials" : "nothing_available");
        }
        else if (exchange.Error != ForwarderError.None)
        {
            span.Failed(exchange.Error.ToString());
        }
        else if (exchange.Status >= StatusCodes.Status400BadRequest)
        {
            span.Failed(exchange.Status.ToString(CultureInfo.InvariantCulture));
        }
    }
}
