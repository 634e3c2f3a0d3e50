using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => TypedResults.Json(new HealthReport("ok"), HttpJson.Default.HealthReport));
        routes.MapGet("/health/ready", async (OpenGenerations open, IGenerationStore store, CancellationToken aborted) =>
        {
            // Reads the store too: a node that cannot reach it must not get traffic.
            var ready = open.IsReady && await CanReadAsync(store, aborted);
            return TypedResults.Json(
                new HealthReport(ready ? "ok" : open.IsReady ? "failing" : "starting"),
                HttpJson.Default.HealthReport,
                statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }

    private static async Task<bool> CanReadAsync(IGenerationStore store, CancellationToken aborted)
    {
        try
        {
            await store.FindAsync("health", aborted);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }
}
