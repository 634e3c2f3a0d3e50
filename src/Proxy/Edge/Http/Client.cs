using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Framegate.Proxy.Edge.Http;

/// <summary>Who calls.</summary>
internal static class Client
{
    /// <summary>The one client of a gateway without client keys.</summary>
    public const string Local = "local";

    /// <summary>The client of a request.</summary>
    public static string Of(HttpContext context) =>
        // Asked of the feature: the context itself makes a user where there is none.
        context.Features.Get<IHttpAuthenticationFeature>()?.User?.Identity?.Name ?? Local;
}
