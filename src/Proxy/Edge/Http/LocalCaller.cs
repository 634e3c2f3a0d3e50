using System.Net;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Edge.Http;

/// <summary>Distinguishes a program on this machine from everybody else, and from web pages that a browser on it has open.</summary>
internal static class LocalCaller
{
    /// <summary>A page on another site can make a browser call 127.0.0.1, directly or under a name of its own; its Origin, or the Host, gives it away.</summary>
    /// <param name="context">The call.</param>
    /// <param name="security">Names pages that may call all the same; null for none.</param>
    public static bool Is(HttpContext context, SecurityOptions? security = null)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote) || !IsLoopbackName(context.Request.Host.Host))
        {
            return false;
        }

        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length == 0 || IsLocalPage(origin)
            || (security is not null && PageOrigins.Names(security, origin));
    }

    /// <summary>Whether an origin is a page that this machine serves.</summary>
    public static bool IsLocalPage(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopbackName(uri.Host);

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
