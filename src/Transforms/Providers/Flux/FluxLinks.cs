using System.Globalization;
using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>URLs in Flux answers: where polls go, which of them see the key, when results die.</summary>
internal static class FluxLinks
{
    private const string Domain = "bfl.ai";

    /// <summary>A URL that can be called, or null: a relative one would be taken for a path at the destination, key included.</summary>
    public static Uri? Absolute(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) ? url : null;

    /// <summary>Where to poll. A job lives in the cluster that took it, so the provider's own URL is used as it is.</summary>
    public static string PollTarget(JobHandle job)
    {
        var id = Uri.EscapeDataString(job.NativeId);
        if (job.PollUrl is not { } text || Absolute(text) is not { } url)
        {
            return $"/v1/get_result?id={id}";
        }

        if (Query(url, "id") is not null)
        {
            return text;
        }

        var end = text.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 ? hash : text.Length;
        return $"{text[..end]}{(url.Query.Length > 1 ? '&' : url.Query.Length == 1 ? "" : '?')}id={id}";
    }

    public static UrlTrust TrustOf(Uri url, Uri destination, UrlUse use)
    {
        if (use == UrlUse.Download)
        {
            // Results are pre-signed. The key never goes to the delivery host, not even to the destination's own origin.
            return url.Scheme == Uri.UriSchemeHttps || Origin.Same(url, destination) || Origin.BothLoopback(url, destination)
                ? UrlTrust.WithoutKey
                : UrlTrust.Refused;
        }

        return Origin.Same(url, destination) || Origin.IsWithin(url, Domain) ? UrlTrust.WithKey
            : Origin.BothLoopback(url, destination) ? UrlTrust.WithoutKey
            : UrlTrust.Refused;
    }

    /// <summary>The end of an Azure-style signature, <c>se=</c>; null when the URL has none. The documented 10 minutes need a clock.</summary>
    public static DateTimeOffset? ExpiryOf(Uri url) =>
        DateTimeOffset.TryParse(
            Query(url, "se"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at
            : null;

    /// <summary>The media type that the signature fixes, <c>rsct=</c>; null when the URL has none.</summary>
    public static string? ContentTypeOf(Uri url) => Query(url, "rsct") is { Length: > 0 and < 128 } type ? type : null;

    private static string? Query(Uri url, string name)
    {
        foreach (var pair in url.Query.TrimStart('?').Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && pair.AsSpan(0, equals).SequenceEqual(name))
            {
                return Uri.UnescapeDataString(pair[(equals + 1)..]);
            }
        }

        return null;
    }
}
