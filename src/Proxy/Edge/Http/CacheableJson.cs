using System.IO.Compression;
using System.Security.Cryptography;

namespace Framegate.Proxy.Edge.Http;

/// <summary>An answer that seldom changes and is large: with an entity tag, and packed for who can unpack it. The last one is kept packed.</summary>
internal sealed class CacheableJson
{
    private volatile Packed? _last;

    /// <summary>Answers with it, or with 304 to who has it already.</summary>
    /// <param name="context">The call.</param>
    /// <param name="json">The answer.</param>
    public Task AnswerAsync(HttpContext context, byte[] json)
    {
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 12))}\"";
        var headers = context.Response.Headers;
        headers.ETag = tag;
        headers.Vary = "Accept-Encoding, Authorization";
        headers.CacheControl = "private, no-cache";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var body = json;
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            body = (_last is { } last && last.Tag == tag ? last : _last = new Packed(tag, Pack(json))).Bytes;
            headers.ContentEncoding = "gzip";
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private sealed record Packed(string Tag, byte[] Bytes);
}
