using Microsoft.AspNetCore.Authorization;

namespace Framegate.Proxy.Startup;

/// <summary>Authorization of YARP routes that name a policy.</summary>
internal static class RouteAuthorization
{
    // What the host looks for before it adds authorization to the pipeline by itself, in front of every request.
    private const string AddedMark = "__AuthorizationMiddlewareSet";

    /// <summary>Authorizes the requests of those endpoints that ask for it, and leaves out all others.</summary>
    public static void UseRouteAuthorization(this WebApplication app)
    {
        app.UseRouting();
        ((IApplicationBuilder)app).Properties[AddedMark] = true;
        app.UseWhen(
            static context => context.GetEndpoint()?.Metadata is { } metadata
                && (metadata.GetMetadata<IAuthorizeData>() is not null || metadata.GetMetadata<AuthorizationPolicy>() is not null
                    || metadata.GetMetadata<IAuthorizationRequirementData>() is not null),
            static branch => branch.UseAuthorization());
    }
}
