using System.Collections.Frozen;

namespace Framegate.Proxy.Edge.Http;

/// <summary>Recognizes a request that came through a proxy, a load balancer, a tunnel or a content network. Its sender may be anybody, although the connection comes from this machine.</summary>
internal static class ProxiedCall
{
    private static readonly FrozenSet<string> _names = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
    [
        "Forwarded", "Via", "X-Real-IP", "X-Client-IP", "Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CDN-Loop", "X-ProxyUser-Ip", "X-Original-Host", "X-Original-For",
        "X-Original-Proto", "X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Scheme", "DO-Connecting-IP", "X-Cloud-Trace-Context", "Proxy-Connection", "X-Url-Scheme", "Front-End-Https",
        "Incap-Client-IP", "WL-Proxy-Client-IP", "Proxy-Client-IP", "X-Remote-IP", "X-Remote-Addr", "X-Originating-IP", "X-Sucuri-ClientIP",
    ]);

    private static readonly string[] _kinds =
    [
        "X-Forwarded", "CF-", "X-Amzn-", "X-Amz-Cf-", "CloudFront-", "Fly-", "Fastly-", "X-Envoy-", "X-Azure-", "X-FD-", "X-Vercel-", "X-NF-", "X-Appengine-", "X-Goog-IAP-",
        "X-Goog-Authenticated-User-", "Akamai-", "X-Akamai-", "X-ARR-", "Ngrok-", "Tailscale-", "X-Railway-", "X-Heroku-", "X-Traefik-", "X-B3-", "X-Nginx-", "X-MS-Client-Principal",
    ];

    /// <summary>A header of a proxy.</summary>
    /// <returns>Its name; null when there is none.</returns>
    public static string? SignOf(HttpRequest request)
    {
        foreach (var (name, _) in request.Headers)
        {
            if (_names.Contains(name) || IsOfAKind(name))
            {
                return name;
            }
        }

        return null;
    }

    private static bool IsOfAKind(string name)
    {
        foreach (var kind in _kinds)
        {
            if (name.StartsWith(kind, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
