using Framegate.Proxy.Engine;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Json(new HealthReport("ok"), HttpJson.Default.HealthReport));
        routes.MapGet("/health/ready", (OpenGenerations open, GenerationService generations) =>
        {
            // Reads the store too: a node that cannot reach it must not get traffic.
            var ready = open.IsReady && CanRead(generations);
            return TypedResults.Json(
                new HealthReport(ready ? "ok" : open.IsReady ? "failing" : "starting"),
                HttpJson.Default.HealthReport,
                statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }

    private static bool CanRead(GenerationService generations)
    {
        try
        {
            _ = generations.Find("health", "health");
            return true;
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return false;
        }
    }
}
