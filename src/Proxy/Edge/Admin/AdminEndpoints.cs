using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Admin;

/// <summary><c>/admin</c>: what operators see and do. Its gate is <see cref="AdminAuthorization"/>; its errors are problem+json.</summary>
internal static class AdminEndpoints
{
    /// <summary>Where all of it is.</summary>
    public const string Prefix = "/admin";

    /// <summary>The numbers of all clients together; for operators too.</summary>
    public const string Metrics = "/metrics";

    /// <summary>Whether a path is an operator's.</summary>
    public static bool Is(PathString path) => path.StartsWithSegments(Prefix) || path.StartsWithSegments(Metrics);

    /// <summary>Maps the group, and what belongs to no feature of its own.</summary>
    /// <returns>The group; features add their routes to it.</returns>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup(Prefix).WithMetadata(new AdminErrors());
        var known = new KnownMethods(routes, Prefix + "/");
        admin.Map("/{**rest}", (HttpContext context) => known.Of(context.Request.Path) is { Count: > 0 } methods
            ? WrongMethod.AnswerAsync(context, string.Join(", ", methods))
            : Problems.NotFound($"There is no {context.Request.Method} {Problems.Shown(context.Request.Path.Value ?? "")}.").ExecuteAsync(context));
        return admin;
    }
}
