using System.IO.Compression;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Removes what a body's own headers name, a <c>Content-Encoding</c> and a charset, so that every reader behind sees UTF-8. Native routes pass a body on
/// as it is, labels included.
/// </summary>
internal sealed class ContentCodingMiddleware(RequestDelegate next, ErrorAnswers errors, IOptions<MediaOptions> options, TimeProvider time)
{
    private const string Codings = "gzip, br, deflate";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var (coding, charset) = (request.Headers.ContentEncoding.ToString().Trim(), CharsetOf(request.ContentType));
        if ((coding.Length == 0 && charset is null) || context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>() is not null)
        {
            return next(context);
        }

        if (charset is not null)
        {
            return RefuseAsync(context, $"Content-Type: The charset '{Problems.Shown(charset)}' is not read here; send UTF-8.");
        }

        Func<Stream, Stream>? decode = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => static body => new GZipStream(body, CompressionMode.Decompress),
            "br" => static body => new BrotliStream(body, CompressionMode.Decompress),
            "deflate" => static body => new ZLibStream(body, CompressionMode.Decompress),
            _ => null,
        };
        if (decode is null)
        {
            if (coding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            {
                return next(context);
            }

            context.Response.Headers.AcceptEncoding = Codings;
            return RefuseAsync(context, $"Content-Encoding: '{Problems.Shown(coding)}' is not read here; there are {Codings}.");
        }

        return DecodeAsync(context, decode);
    }

    private async Task DecodeAsync(HttpContext context, Func<Stream, Stream> decode)
    {
        var request = context.Request;
        await using var plain = decode(request.Body);

        // From here on the body is one of unknown length: what it decodes to is counted and limited, whatever its compressed length was.
        request.Body = new DecodedBody(plain, options.Value.MaxRequestBytes);
        request.ContentLength = null;
        request.Headers.Remove(HeaderNames.ContentEncoding);
        await next(context);
    }

    private static string? CharsetOf(string? contentType)
    {
        if (contentType is null || !contentType.Contains("charset", StringComparison.OrdinalIgnoreCase) || !MediaTypeHeaderValue.TryParse(contentType, out var type))
        {
            return null;
        }

        var charset = HeaderUtilities.RemoveQuotes(type.Charset).ToString();
        return charset.Length == 0 || charset.ToLowerInvariant() is "utf-8" or "utf8" or "us-ascii" or "ascii" ? null : charset;
    }

    private Task RefuseAsync(HttpContext context, string message) => errors.WriteAsync(
        context,
        new GenerationError { Code = ErrorCode.InvalidRequest, Message = message, Timestamp = time.GetUtcNow() },
        StatusCodes.Status415UnsupportedMediaType);
}
