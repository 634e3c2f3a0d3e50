using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", ReadRoutes.Methods, () => TypedResults.Json(new HealthReport("ok"), HttpJson.Default.HealthReport));
        routes.MapMethods("/health/ready", ReadRoutes.Methods, async (OpenGenerations open, IStoreHealth store, CancellationToken aborted) =>
        {
            // A node that cannot read its store, or write to it, must not get traffic.
            StoreProblem? problem = open.IsReady ? await store.CheckAsync(aborted) : null;
            var ready = open.IsReady && problem is null;
            return TypedResults.Json(
                new HealthReport(ready ? "ok" : open.IsReady ? "failing" : "starting") { Store = problem?.ToString().ToLowerInvariant() },
                HttpJson.Default.HealthReport,
                statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }
}
