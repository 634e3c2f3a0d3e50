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
        using var head = new MemoryStream();
        var whole = await ReadAsync(source, head, context.RequestAborted);
        var destination = context.GetReverseProxyFeature().ProxiedDestination!;
        var address = new Uri(destination.Model.Config.Address);
        var at = $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{prefix}";
        var body = head.GetBuffer().AsMemory(0, (int)head.Length);
        if (whole && remember is not null && native.IsSuccessStatusCode && HttpMethods.IsPost(context.Request.Method)
            && NativeJobId.Read(body.Span) is { } id)
        {
            await remember(id);
        }

        if (whole && LinkRewriter.Rewrite(body.Span, adapter.NativeLinks, url => Replace(url, adapter, at, destination, address)) is { } rewritten)
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

    /// <summary>Reads up to the limit.</summary>
    /// <returns>True when that was all.</returns>
    private static async ValueTask<bool> ReadAsync(Stream source, MemoryStream head, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (head.Length <= LargestRewritten)
            {
                var read = await source.ReadAsync(buffer, cancellationToken);
                if (read == 0)
                {
                    return true;
                }

                head.Write(buffer, 0, read);
            }

            return false;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
