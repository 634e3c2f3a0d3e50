using System.IO.Compression;
using System.Security.Cryptography;

namespace Framegate.Proxy.Edge.Http;

/// <summary>A file that is part of the program.</summary>
/// <param name="Plain">Its bytes.</param>
/// <param name="Packed">The same as gzip.</param>
/// <param name="ContentType">Its content type.</param>
/// <param name="Tag">Its entity tag, quotes included.</param>
internal sealed record EmbeddedFile(byte[] Plain, byte[] Packed, string ContentType, string Tag)
{
    /// <summary>A file of these bytes.</summary>
    public static EmbeddedFile Of(byte[] bytes, string contentType)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return new EmbeddedFile(bytes, packed.ToArray(), contentType, TagOf(bytes));
    }

    /// <summary>A file that comes packed.</summary>
    public static EmbeddedFile OfPacked(byte[] gzip, string contentType)
    {
        using var plain = new MemoryStream();
        using (var unpacked = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress))
        {
            unpacked.CopyTo(plain);
        }

        return new EmbeddedFile(plain.ToArray(), gzip, contentType, TagOf(gzip));
    }

    /// <summary>Answers a GET or HEAD with it, or with 304 to who has it already.</summary>
    /// <param name="context">The call.</param>
    /// <param name="policy">The content security policy; what the page may do.</param>
    /// <param name="lasts">Whether its address changes with its content.</param>
    public Task AnswerAsync(HttpContext context, string policy, bool lasts = false)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = lasts ? "public, max-age=31536000, immutable" : "no-cache";
        headers.ETag = Tag;
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(Tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var packs = context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var bytes = packs ? Packed : Plain;
        headers.ContentEncoding = packs ? "gzip" : default;
        context.Response.ContentType = ContentType;
        context.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static string TagOf(byte[] bytes) => $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
}
