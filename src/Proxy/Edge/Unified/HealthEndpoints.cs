using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    private const string RetryAfterSeconds = "2";

    /// <summary>Maps them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/health/live", ReadRoutes.Methods, () => TypedResults.Json(new HealthReport("ok"), HttpJson.Default.HealthReport));
        routes.MapMethods("/health/ready", ReadRoutes.Methods, async (HttpContext context, Readiness readiness) =>
        {
            var report = await readiness.CheckAsync(context.RequestAborted);
            var ready = report.Status is "ok" or "degraded";
            if (!ready)
            {
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
            }

            return TypedResults.Json(report, HttpJson.Default.HealthReport, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }
}
