using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Startup;

namespace Framegate.Proxy.Http;

/// <summary>
/// Lets clients in. With a client key: whoever sends it. Without: this machine only, and no web page that a browser on it has open.
/// </summary>
internal sealed class ClientGate(RequestDelegate next, HostSettings settings, ResponseWriter writer, TimeProvider time)
{
    /// <summary>Where the vendors' SDKs put a key; on a native route the client's Framegate key arrives there.</summary>
    private static readonly string[] KeyHeaders = ["x-api-key", "x-key", "x-goog-api-key", "api-key"];
    /// <summary>The second is fal's.</summary>
    private static readonly string[] Schemes = ["Bearer ", "Key "];
    private readonly byte[]? _digest = settings.ClientKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal())) : null;

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health"))
        {
            return next(context);
        }

        if (_digest is null)
        {
            return IsFromThisMachine(context)
                ? next(context)
                : RefuseAsync(context, "Without a client key Framegate serves this machine only; set FRAMEGATE_CLIENT_KEY to serve others.", StatusCodes.Status403Forbidden);
        }

        if (Presented(context.Request) is { } presented
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(presented)), _digest))
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "default")], "key"));
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return RefuseAsync(context, "Send the client key as 'Authorization: Bearer KEY' or 'x-api-key: KEY'.", StatusCodes.Status401Unauthorized);
    }

    private static string? Presented(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        foreach (var scheme in Schemes)
        {
            if (authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                return authorization[scheme.Length..].Trim();
            }
        }

        foreach (var name in KeyHeaders)
        {
            if (request.Headers[name] is [{ Length: > 0 } key, ..])
            {
                return key;
            }
        }

        return request.Query["key"] is [{ Length: > 0 } parameter, ..] ? parameter : null;
    }

    /// <summary>A page on another site can make a browser call 127.0.0.1, directly or under a name of its own; its Origin, or the Host, gives it away.</summary>
    private static bool IsFromThisMachine(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote) || !IsLoopbackName(context.Request.Host.Host))
        {
            return false;
        }

        var origin = context.Request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopbackName(uri.Host));
    }

    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private Task RefuseAsync(HttpContext context, string message, int status) => writer.WriteRefusalAsync(
        context,
        new GenerationError { Code = ErrorCode.AuthenticationFailed, Message = message, Timestamp = time.GetUtcNow() },
        status);
}
