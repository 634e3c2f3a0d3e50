using Framegate.Plugins;
using Framegate.Transforms.Secrets;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Keeps path and query of a native call as the client wrote them; a provider may distinguish <c>+</c> from <c>%20</c> and <c>%2F</c> from <c>/</c>.</summary>
internal static class NativeAddress
{
    /// <summary>The parameter that Google's clients send their key in.</summary>
    private const string KeyParameter = "key=";

    /// <summary>The URL to call.</summary>
    /// <param name="address">The base address at the provider.</param>
    /// <param name="path">The encoded path, from its first slash on.</param>
    /// <param name="query">The query with its question mark; null or empty for none.</param>
    public static Uri Join(string address, string path, string? query) => new(address.TrimEnd('/') + path + query);

    /// <summary>The part of a URL's path that comes after the base address; the whole of it at another host.</summary>
    public static string Below(Uri url, string address)
    {
        var path = url.AbsolutePath;
        var start = address.IndexOf("://", StringComparison.Ordinal) + 3;
        var slash = address.IndexOf('/', start);
        var root = slash < 0 ? "" : address[slash..].TrimEnd('/');
        return root.Length > 0 && path.StartsWith(root + "/", StringComparison.Ordinal) && Origin.Same(url, new Uri(address)) ? path[root.Length..] : path;
    }

    /// <summary>A path as the client encoded it.</summary>
    /// <param name="context">The client's call.</param>
    /// <param name="prefix">The route's own part of the path.</param>
    /// <param name="path">The decoded path without it.</param>
    /// <returns>The path encoded anew when the raw one does not mean the same, as with dots in it.</returns>
    public static string Encoded(HttpContext context, string prefix, string path)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (IsPlain(raw, prefix, path))
        {
            return path;
        }

        var end = raw.IndexOf('?', StringComparison.Ordinal);
        raw = end < 0 ? raw : raw[..end];
        return raw.Length > prefix.Length && raw[prefix.Length] == '/' && PathString.FromUriComponent(raw[prefix.Length..]).Value == path
            ? raw[prefix.Length..]
            : new PathString(path).ToUriComponent();
    }

    /// <summary>Whether the client wrote the path as it is decoded, which is how nearly all of them come.</summary>
    private static bool IsPlain(string raw, string prefix, string path)
    {
        var end = prefix.Length + path.Length;
        return raw.Length >= end
            && (raw.Length == end || raw[end] == '?')
            && raw.AsSpan(prefix.Length, path.Length).SequenceEqual(path)
            && !path.Contains('%', StringComparison.Ordinal);
    }

    /// <summary>The query without the client's key; all else in it stays as it was.</summary>
    public static string? WithoutKey(string? query)
    {
        if (query is null || !query.Contains(KeyParameter, StringComparison.OrdinalIgnoreCase))
        {
            return query;
        }

        var kept = query.TrimStart('?').Split('&').Where(p => !p.StartsWith(KeyParameter, StringComparison.OrdinalIgnoreCase));
        return string.Join('&', kept) is { Length: > 0 } rest ? "?" + rest : null;
    }

    /// <summary>A URL of the provider's without our key, which a provider that keeps the query of a call puts into it.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="parameter">The parameter that the key travels in; null for none.</param>
    /// <param name="mask">Finds secrets wherever they stand.</param>
    /// <returns>The same one where there is none in it; null where nothing is left that can be called.</returns>
    public static Uri? WithoutSecrets(Uri url, string? parameter, SecretMask mask)
    {
        if (parameter is not null && url.Query.Length > 0)
        {
            var all = url.Query.TrimStart('?').Split('&');
            string[] kept = [.. all.Where(p => !Uri.UnescapeDataString(p.Split('=')[0]).Equals(parameter, StringComparison.OrdinalIgnoreCase))];
            url = kept.Length == all.Length ? url : new UriBuilder(url) { Query = string.Join('&', kept) }.Uri;
        }

        var masked = mask.Apply(url.AbsoluteUri);
        return masked == url.AbsoluteUri ? url : Uri.TryCreate(masked, UriKind.Absolute, out var rest) ? rest : null;
    }
}
