using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// Which headers of a provider's answer go on to the client: those that describe the answer, its request and when to ask again. Cookies, the name of a server
/// or network, and what belongs to the account (its organization, its credits) stay here.
/// </summary>
internal static class NativeAnswerHeaders
{
    private const string Limits = "x-ratelimit-";

    private static readonly FrozenSet<string> s_names = new[]
    {
        HeaderNames.AcceptRanges, HeaderNames.Age, HeaderNames.CacheControl, HeaderNames.ContentDisposition, HeaderNames.ContentEncoding, HeaderNames.ContentLanguage,
        HeaderNames.ContentLength, HeaderNames.ContentLocation, HeaderNames.ContentMD5, HeaderNames.ContentRange, HeaderNames.ContentType, HeaderNames.Date,
        HeaderNames.ETag, HeaderNames.Expires, HeaderNames.LastModified, HeaderNames.Location, HeaderNames.RetryAfter, HeaderNames.TransferEncoding, HeaderNames.Vary,
        HeaderNames.Warning, HeaderNames.Allow, "Deprecation", "Sunset", "Digest", "Content-Digest", "Retry-After-Ms", "X-Should-Retry", "X-Request-Id", "Request-Id",
        "OpenAI-Version", "OpenAI-Processing-Ms", "OpenAI-Poll-After-Ms", "X-Fal-Request-Id", "X-Fal-Error-Type", "X-Fal-Retryable", "X-Fal-Queue-Position",
        "X-Goog-Hash", "X-Goog-Generation", "X-Goog-Upload-Status", "X-Goog-Upload-Url", "X-Goog-Upload-Size-Received", "X-Goog-Upload-Chunk-Granularity",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes away what does not go on.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="more">More names that go on.</param>
    public static ValueTask FilterAsync(ResponseTransformContext response, IReadOnlyList<string> more)
    {
        List<string>? refused = null;
        if (response.ProxyResponse is { } native)
        {
            foreach (var (name, _) in native.Headers.NonValidated)
            {
                if (!s_names.Contains(name) && !name.StartsWith(Limits, StringComparison.OrdinalIgnoreCase) && !more.Contains(name, StringComparer.OrdinalIgnoreCase))
                {
                    (refused ??= []).Add(name);
                }
            }
        }

        refused?.ForEach(name => response.HttpContext.Response.Headers.Remove(name));
        return default;
    }
}
