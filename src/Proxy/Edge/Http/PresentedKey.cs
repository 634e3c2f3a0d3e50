namespace Framegate.Proxy.Edge.Http;

/// <summary>Finds the key in a request, wherever the vendors' SDKs put it: on a native route the client's Framegate key arrives there.</summary>
internal static class PresentedKey
{
    private static readonly string[] Headers = ["x-api-key", "x-key", "xi-api-key", "x-goog-api-key", "api-key"];
    /// <summary>The second is fal's.</summary>
    private static readonly string[] Schemes = ["Bearer ", "Key "];

    /// <summary>The key in a header.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? InHeader(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        foreach (var scheme in Schemes)
        {
            if (authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return authorization[scheme.Length..].Trim();
            }
        }

        foreach (var name in Headers)
        {
            if (request.Headers[name] is [{ Length: > 0 } key, ..])
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The key in a header or, as Google's clients send it, in the query.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? Anywhere(HttpRequest request) =>
        InHeader(request) ?? (request.Query["key"] is [{ Length: > 0 } parameter, ..] ? parameter : null);
}
