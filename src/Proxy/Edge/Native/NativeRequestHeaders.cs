using System.Collections.Frozen;
using System.Net.Http.Headers;
using Framegate.Plugins;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// Which of a client's headers go on to a provider: what the vendors' own clients send, and nothing else. What a proxy, a load balancer or a content network in front of
/// Framegate has added names the user and our edge, and makes a provider's own edge refuse the call.
/// </summary>
internal static class NativeRequestHeaders
{
    private static readonly FrozenSet<string> _names = new[]
    {
        "Accept", "Accept-Language", "User-Agent", "Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "Prefer", "Expect",
        "Cache-Control", "Pragma", "Idempotency-Key", "X-Idempotency-Key", "X-Client-Request-Id",
        "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Disposition", "Content-MD5", "Content-Range", "Digest", "Content-Digest",
        "OpenAI-Organization", "OpenAI-Project", "OpenAI-Beta", "X-Server-Timeout", "X-Runway-Version",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] _kinds = ["x-stainless-", "x-goog-", "x-runway-", "x-fal-"];

    // Google's own edge adds these, and the rest of the kind is its clients'.
    private static readonly string[] _notOfTheKind = ["x-goog-authenticated-user-", "x-goog-iap-"];

    /// <summary>Takes away what does not go on.</summary>
    /// <param name="request">The request to the provider, with the client's headers.</param>
    /// <param name="adapter">The provider's adapter; what it reads and writes itself may stay.</param>
    /// <param name="more">More names, of which an asterisk may end one; null for none.</param>
    public static void Filter(HttpRequestMessage request, ProviderAdapter adapter, IReadOnlyList<string>? more)
    {
        Filter(request.Headers, adapter, more);
        if (request.Content is { } content)
        {
            Filter(content.Headers, adapter, more);
        }
    }

    /// <summary>Whether a header goes on.</summary>
    public static bool GoesOn(string name, ProviderAdapter adapter, IReadOnlyList<string>? more) =>
        _names.Contains(name)
        || (Array.Exists(_kinds, k => name.StartsWith(k, StringComparison.OrdinalIgnoreCase))
            && !Array.Exists(_notOfTheKind, k => name.StartsWith(k, StringComparison.OrdinalIgnoreCase)))
        || name.Equals(adapter.NativeTargetHeader?.Name, StringComparison.OrdinalIgnoreCase)
        || adapter.NativeSubmitHeaders.Any(h => name.Equals(h.Key, StringComparison.OrdinalIgnoreCase))
        || adapter.NativeRequestHeaders.Any(m => Fits(name, m))
        || more?.Any(m => Fits(name, m)) == true;

    private static bool Fits(string name, string pattern) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.OrdinalIgnoreCase) : name.Equals(pattern, StringComparison.OrdinalIgnoreCase);

    private static void Filter(HttpHeaders headers, ProviderAdapter adapter, IReadOnlyList<string>? more)
    {
        List<string>? refused = null;
        foreach (var (name, _) in headers.NonValidated)
        {
            if (!GoesOn(name, adapter, more))
            {
                (refused ??= []).Add(name);
            }
        }

        refused?.ForEach(name => headers.Remove(name));
    }
}
