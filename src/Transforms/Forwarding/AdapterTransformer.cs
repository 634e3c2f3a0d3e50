using System.Net;
using Framegate.Plugins;
using Framegate.Plugins.Kit;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Transforms.Forwarding;

/// <summary>
/// How an adapter becomes a YARP request transform and response transform: the native request of the <see cref="ProviderExchange"/> goes
/// out, the native answer goes into it, and nothing of either reaches the client. One instance serves all adapters.
/// </summary>
public sealed class AdapterTransformer : HttpTransformer
{
    /// <summary>How many previews may come before a result; each may be as large as the result.</summary>
    private const int MostPreviews = 3;

    private static readonly string[] s_media = ["audio/", "video/", "image/"];

    /// <summary>The one instance; it holds no state.</summary>
    public static AdapterTransformer Instance { get; } = new();

    /// <summary>Marks a call to the origin where its job was born: it was configured then, and is called even when it is not any more.</summary>
    public static HttpRequestOptionsKey<bool> AtHome { get; } = new("framegate-at-home");

    /// <summary>The exchange that a message belongs to; set where somebody wants to know when it is sent.</summary>
    public static HttpRequestOptionsKey<ProviderExchange> Sending { get; } = new("framegate-sending");

    /// <inheritdoc />
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        // The base is not called on purpose: no header of the client, above all no cookie and no key, goes to a provider.
        var exchange = Exchange(httpContext);
        var native = exchange.Request;
        proxyRequest.RequestUri = Address(destinationPrefix, native.Target);
        if (exchange.Pinned is not null && Origin.Same(proxyRequest.RequestUri, new Uri(destinationPrefix)))
        {
            proxyRequest.Options.Set(AtHome, true);
        }

        proxyRequest.Options.Set(OutgoingMessage.Key, new OutgoingMessage(exchange));
        if (exchange.OnSending is not null)
        {
            proxyRequest.Options.Set(Sending, exchange);
        }

        if (native.Body is { } body && proxyRequest.Content is { } content)
        {
            content.Headers.ContentLength = exchange.Body!.Length;
            content.Headers.TryAddWithoutValidation("Content-Type", body.ContentType);
        }

        foreach (var (name, value) in native.Headers)
        {
            proxyRequest.Headers.TryAddWithoutValidation(name, value);
        }

        // What the adapter asks for is not asked for twice.
        AddIfAbsent(proxyRequest, "Accept", exchange.Operation == NativeCall.Download ? "*/*" : "application/json");
        AddIfAbsent(proxyRequest, "Accept-Encoding", exchange.Operation == NativeCall.Download ? "identity" : ContentCoding.Accepted);
        AddIfAbsent(proxyRequest, "User-Agent", "Framegate/0.1");

        if (exchange.Key is { } key)
        {
            proxyRequest.RequestUri = CallSeal.Apply(
                exchange.Adapter, key, new OutgoingCall(native.Method, proxyRequest.RequestUri, BytesOf(exchange), exchange.At), proxyRequest.Headers);
        }

        return default;
    }

    private static void AddIfAbsent(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.NonValidated.Contains(name))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <inheritdoc />
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is null)
        {
            return false;
        }

        var exchange = Exchange(httpContext);
        exchange.Status = (int)proxyResponse.StatusCode;
        exchange.Location = proxyResponse.Headers.Location;
        try
        {
            if (exchange.Consume is { } consume && HasResult(proxyResponse.StatusCode))
            {
                // Not the forwarder's token: it runs out after one activity timeout, however much of a large result still flows.
                await consume(proxyResponse, httpContext.RequestAborted).ConfigureAwait(false);
                return false;
            }

            var sink = SinkOf(exchange, proxyResponse);
            var limit = sink is not null && sink == exchange.EventSink ? (int)Math.Min(exchange.MaxResponseBytes * (1L + MostPreviews), int.MaxValue) : exchange.MaxResponseBytes;
            Take(exchange, proxyResponse, await BoundedBody.ReadAsync(proxyResponse.Content, limit, sink, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            exchange.Exception = e;
        }

        return false;
    }

    /// <summary>What arrived counts when it is complete in itself: a whole document, or a refusal, whose status has come. Sound may hold brackets too, which mean nothing there.</summary>
    private static void Take(ProviderExchange exchange, HttpResponseMessage response, (byte[] Body, Exception? Broken) read)
    {
        exchange.Mask.Apply(read.Body);
        var answer = new NativeResponse(exchange.Status, new ResponseHeaders(response, exchange.Mask), read.Body);
        if (read.Broken is null || exchange.Status is >= 300 and <= 499 || (!IsMedia(response) && LenientJson.IsComplete(read.Body)))
        {
            (exchange.Response, exchange.BrokeOff) = (answer, read.Broken is not null);
            return;
        }

        exchange.Exception = read.Broken;
        exchange.CutResponse = answer;
    }

    private static bool IsMedia(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType is { } type && s_media.Any(kind => type.StartsWith(kind, StringComparison.OrdinalIgnoreCase));

    private static IAnswerSink? SinkOf(ProviderExchange exchange, HttpResponseMessage response) =>
        !response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType is not { } type ? null
        : type.EndsWith("json", StringComparison.OrdinalIgnoreCase) ? exchange.Sink
        : type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase) ? exchange.EventSink
        : null;

    /// <summary>Who proves each call by itself may have to see all of it.</summary>
    private static ReadOnlyMemory<byte> BytesOf(ProviderExchange exchange) =>
        exchange.Adapter.SignsCalls ? exchange.Body?.Read() ?? default : exchange.Request.Body?.Bytes ?? default;

    private static ProviderExchange Exchange(HttpContext context) =>
        context.Features.Get<ProviderExchange>() ?? throw new InvalidOperationException("The request carries no provider exchange.");

    /// <summary>Whether an answer to a download has bytes to judge. Of 202, 204 and 205 there is nothing yet.</summary>
    private static bool HasResult(HttpStatusCode status) =>
        (int)status is >= 200 and <= 299 && status is not (HttpStatusCode.Accepted or HttpStatusCode.NoContent or HttpStatusCode.ResetContent);

    private static Uri Address(string destinationPrefix, string target) =>
        target.StartsWith('/') ? new Uri(string.Concat(destinationPrefix.AsSpan().TrimEnd('/'), target)) : new Uri(target);
}
