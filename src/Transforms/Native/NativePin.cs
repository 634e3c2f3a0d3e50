namespace Framegate.Transforms.Native;

/// <summary>
/// The first segment of a native path that names where a job lives: <c>~DESTINATION</c>, or <c>~DESTINATION~HOST</c> where the provider's
/// answer named another of its hosts. It stands in every URL that the gateway has rewritten, so that a poll finds the region and the
/// account of its job without a look-up, on any replica.
/// </summary>
/// <param name="Destination">The destination's id.</param>
/// <param name="Host">Host and port of an https URL; null for the destination's own address.</param>
public readonly record struct NativePin(string Destination, string? Host)
{
    private const string Result = "get";

    /// <summary>For a result, <c>~DESTINATION~get~SEAL~SCHEME~HOST</c>: the gateway's seal of its URL; null for everything else.</summary>
    public string? Seal { get; init; }

    /// <summary>For a result: the scheme of its URL.</summary>
    public string? Scheme { get; init; }

    /// <summary>Reads a path.</summary>
    /// <param name="path">The path, after the route's prefix was taken off.</param>
    /// <param name="rest">The path without the segment.</param>
    /// <returns>Null when the path is not pinned.</returns>
    public static NativePin? Read(string path, out string rest)
    {
        ArgumentNullException.ThrowIfNull(path);
        rest = path;
        if (!path.StartsWith("/~", StringComparison.Ordinal))
        {
            return null;
        }

        var end = path.IndexOf('/', 2);
        var segment = end < 0 ? path[2..] : path[2..end];
        rest = end < 0 ? "/" : path[end..];
        var separator = segment.IndexOf('~', StringComparison.Ordinal);
        if (separator >= 0 && segment[(separator + 1)..].Split('~') is [Result, var seal, var scheme, { Length: > 0 } host] && scheme is "http" or "https")
        {
            return new NativePin(Uri.UnescapeDataString(segment[..separator]), host) { Seal = seal, Scheme = scheme };
        }

        return separator < 0
            ? new NativePin(Uri.UnescapeDataString(segment), null)
            : new NativePin(Uri.UnescapeDataString(segment[..separator]), segment[(separator + 1)..]);
    }

    /// <summary>The pinned form of a URL that a provider gave out.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="prefix">The route's address at the gateway, as in <c>http://127.0.0.1:8080/flux</c>.</param>
    /// <param name="destination">The id of the destination that gave it out.</param>
    /// <param name="address">The address of that destination.</param>
    /// <returns>The URL at the gateway; null for one that has no pinned form (plain http at another host).</returns>
    public static string? Write(Uri url, string prefix, string destination, Uri address)
    {
        ArgumentNullException.ThrowIfNull(url);
        ArgumentNullException.ThrowIfNull(address);
        var id = Uri.EscapeDataString(destination);
        if (Plugins.Origin.Same(url, address))
        {
            var below = address.AbsolutePath.TrimEnd('/');
            return url.AbsolutePath.StartsWith(below + "/", StringComparison.Ordinal)
                ? $"{prefix}/~{id}{url.PathAndQuery[below.Length..]}"
                : null;
        }

        return url.Scheme == Uri.UriSchemeHttps ? $"{prefix}/~{id}~{url.Authority}{url.PathAndQuery}" : null;
    }

    /// <summary>The pinned form of the URL of a result, which is fetched without a key.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="prefix">The route's address at the gateway.</param>
    /// <param name="destination">The id of the destination that gave it out.</param>
    /// <param name="seal">The gateway's seal of destination and URL.</param>
    /// <returns>The URL at the gateway.</returns>
    public static string WriteResult(Uri url, string prefix, string destination, string seal)
    {
        ArgumentNullException.ThrowIfNull(url);
        return $"{prefix}/~{Uri.EscapeDataString(destination)}~{Result}~{seal}~{url.Scheme}~{url.Authority}{url.PathAndQuery}";
    }

    /// <summary>What the seal of a result is made of.</summary>
    /// <param name="destination">The id of the destination.</param>
    /// <param name="url">The URL of the result.</param>
    /// <returns>A text.</returns>
    public static string Sealed(string destination, Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return $"{destination}\n{url.AbsoluteUri}";
    }
}
