using Framegate.Plugins;

namespace Framegate.Proxy.Media;

/// <summary>Where a result is fetched from.</summary>
internal static class MediaAddress
{
    /// <summary>The target of the download.</summary>
    /// <param name="source">The result.</param>
    /// <param name="destination">The address of the destination where its job lives.</param>
    /// <returns>A path at the destination or an absolute http URL; null where nothing can be fetched.</returns>
    public static string? Of(MediaSource source, string destination)
    {
        if (!source.IsAsNamed)
        {
            return source.Url.Length == 0 ? null : source.Url;
        }

        var url = source.Url.Trim();
        if (Scheme(url) is { } scheme)
        {
            return scheme.Equals("http", StringComparison.OrdinalIgnoreCase) || scheme.Equals("https", StringComparison.OrdinalIgnoreCase)
                ? Uri.TryCreate(url, UriKind.Absolute, out _) ? url : null
                : null;
        }

        // RFC 3986, section 4.2: without a scheme it is relative, to the host for "//host/path", to the origin for "/path".
        return url.Length > 0 && Uri.TryCreate(new Uri(destination), url.StartsWith("//", StringComparison.Ordinal) ? new Uri(destination).Scheme + ":" + url : url, out var absolute)
            && (absolute.Scheme == Uri.UriSchemeHttp || absolute.Scheme == Uri.UriSchemeHttps)
                ? absolute.AbsoluteUri
                : null;
    }

    /// <summary>The host that a result comes from, for its share of the downloads; empty where it comes from none.</summary>
    public static string HostOf(MediaSource source, string destination) =>
        DataUri.Is(source.Url) || Of(source, destination) is not { } address ? ""
        : Uri.TryCreate(address, UriKind.Absolute, out var absolute) && !absolute.IsFile ? absolute.Authority
        : Uri.TryCreate(destination, UriKind.Absolute, out var home) ? home.Authority
        : "";

    private static string? Scheme(string url)
    {
        var colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(_schemeCharacters) < 0 ? url[..colon] : null;
    }

    private static readonly System.Buffers.SearchValues<char> _schemeCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
}
