namespace Framegate.Proxy.Http;

/// <summary>Who calls.</summary>
internal static class Client
{
    /// <summary>The one client of a gateway without client keys.</summary>
    public const string Local = "local";

    /// <summary>The client of a request.</summary>
    public static string Of(HttpContext context) => context.User.Identity?.Name ?? Local;
}
