using System.Buffers;
using Framegate.Plugins;
using Framegate.Transforms.Native;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Native;

/// <summary>What is changed in a native answer on its way back.</summary>
internal static class NativeAnswer
{
    /// <summary>Answers with links are small; a larger one streams through as it is.</summary>
    private const int LargestRewritten = 1024 * 1024;
    private const int FirstBuffer = 4 * 1024;

    /// <summary>Replaces the provider's URLs in a JSON answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="prefix">The route's own part of the path.</param>
    /// <param name="remember">Called with the id of a job that was accepted, before the client hears of it; null where nobody needs it.</param>
    public static async ValueTask RewriteAsync(
        ResponseTransformContext response, ProviderAdapter adapter, string prefix, Func<string, ValueTask>? remember)
    {
        if (response.ProxyResponse is not { } native
            || native.Content.Headers.ContentType?.MediaType is not "application/json"
            || native.Content.Headers.ContentEncoding.Count > 0
            || native.Content.Headers.ContentLength > LargestRewritten)
        {
            return;
        }

        var context = response.HttpContext;
        response.SuppressResponseBody = true;
        var source = await native.Content.ReadAsStreamAsync(context.RequestAborted);
        var rented = ArrayPool<byte>.Shared.Rent((int)(native.Content.Headers.ContentLength ?? FirstBuffer) + 1);
        try
        {
            (rented, var length, var whole) = await ReadAsync(source, rented, context.RequestAborted);
            var body = rented.AsMemory(0, length);
            if (whole && remember is not null && native.IsSuccessStatusCode && HttpMethods.IsPost(context.Request.Method)
                && NativeJobId.Read(body.Span) is { } id)
            {
                await remember(id);
            }

            if (whole && Rewrite(context, adapter, prefix, body.Span) is { } rewritten)
            {
                body = rewritten;
            }

            if (whole)
            {
                context.Response.ContentLength = body.Length;
            }

            await context.Response.Body.WriteAsync(body, context.RequestAborted);
            if (!whole)
            {
                await source.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; the provider is not to blame.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Tells the vendors' SDKs not to send a submit again that may have been accepted.</summary>
    public static void ForbidRetry(ResponseTransformContext response, ProviderAdapter adapter)
    {
        if (!HttpMethods.IsPost(response.HttpContext.Request.Method))
        {
            return;
        }

        var status = response.ProxyResponse is { } native ? (int)native.StatusCode : 0;
        if (status is 408 or 409 or >= 500
            && adapter.ReadError(new NativeResponse(status, NoHeaders, default), NativeCall.Submit).Acceptance != Acceptance.No)
        {
            response.HttpContext.Response.Headers["x-should-retry"] = "false";
        }
    }

    private static readonly Dictionary<string, string> NoHeaders = [];

    private static string? Replace(string url, ProviderAdapter adapter, string at, DestinationState destination, Uri address) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && adapter.TrustOf(uri, address, UrlUse.Job) == UrlTrust.WithKey
            ? NativePin.Write(uri, at, destination.DestinationId, address)
            : null;

    private static byte[]? Rewrite(HttpContext context, ProviderAdapter adapter, string prefix, ReadOnlySpan<byte> body)
    {
        var destination = context.GetReverseProxyFeature().ProxiedDestination!;
        var address = new Uri(destination.Model.Config.Address);
        var at = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{prefix}";
        return LinkRewriter.Rewrite(body, adapter.NativeLinks, url => Replace(url, adapter, at, destination, address));
    }

    /// <summary>Reads up to the limit.</summary>
    /// <returns>The buffer, which may be another one than was given; how much is in it; and whether that was all.</returns>
    private static async ValueTask<(byte[] Buffer, int Length, bool Whole)> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var read = await source.ReadAsync(buffer.AsMemory(length), cancellationToken);
            length += read;
            if (read == 0 || length > LargestRewritten)
            {
                return (buffer, length, read == 0);
            }

            if (length == buffer.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                buffer.CopyTo(larger, 0);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
    }
}
