using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Admin;

/// <summary><c>GET /admin/cache</c> and <c>POST /admin/cache/invalidate</c>.</summary>
internal static class CacheEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapCache(this RouteGroupBuilder admin)
    {
        admin.MapMethods("/cache", ReadRoutes.Methods, (CacheSettings settings, MemoryLevel memory, CacheStats stats) =>
            TypedResults.Json(CacheReport.Of(settings.Options, memory, stats), CacheJson.Default.CacheReport));
        admin.MapPost("/cache/invalidate", Invalidate);
    }

    private static async Task<IResult> Invalidate(HttpContext context, MediaCache cache, CancellationToken aborted)
    {
        Invalidation? what;
        try
        {
            what = await JsonSerializer.DeserializeAsync(context.Request.Body, CacheJson.Default.Invalidation, aborted);
        }
        catch (JsonException e)
        {
            return Problems.BadQuery($"The body must be a JSON object with one of provider, model, pattern, key, all: {e.Path ?? "$"} cannot be read.");
        }

        if (what is null || what.Choices() != 1)
        {
            return Problems.BadQuery("The body must have exactly one of provider, model, pattern, key, or all (true).");
        }

        return TypedResults.Json(await cache.InvalidateAsync(what), CacheJson.Default.InvalidationOutcome);
    }
}

/// <summary>Source-generated JSON of the cache.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CacheReport))]
[JsonSerializable(typeof(Invalidation))]
[JsonSerializable(typeof(InvalidationOutcome))]
internal sealed partial class CacheJson : JsonSerializerContext;
