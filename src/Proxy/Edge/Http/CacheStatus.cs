using System.Globalization;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Http;

/// <summary>What an answer reports about the cache: <c>Cache-Status</c> (RFC 9211), <c>Age</c>, and <c>metadata.cache</c>.</summary>
internal static class CacheStatus
{
    /// <summary>Writes the headers of a generation's answer.</summary>
    public static void WriteTo(IHeaderDictionary headers, GenerationState state, DateTimeOffset now)
    {
        headers["Cache-Status"] = state.Cache switch
        {
            CacheUse.Hit => Hit(state.CachedUntil ?? now, now),
            CacheUse.Shared => "Framegate; fwd=uri-miss; collapsed",
            CacheUse.Refresh => state.Phase == GenerationPhase.Succeeded ? "Framegate; fwd=request; stored" : "Framegate; fwd=request",
            CacheUse.Miss => state.Phase == GenerationPhase.Succeeded ? "Framegate; fwd=uri-miss; stored" : "Framegate; fwd=uri-miss",
            _ => "Framegate; fwd=bypass",
        };
        if (state.CachedAt is { } at)
        {
            headers.Age = Age(at, now);
        }
    }

    /// <summary>What <c>metadata.cache</c> holds.</summary>
    public static string NameOf(CacheUse use) => use switch
    {
        CacheUse.Hit => "hit",
        CacheUse.Shared => "shared",
        CacheUse.Miss or CacheUse.Refresh => "miss",
        _ => "bypass",
    };

    /// <summary>The header of a hit.</summary>
    public static string Hit(DateTimeOffset until, DateTimeOffset now) => string.Create(
        CultureInfo.InvariantCulture, $"Framegate; hit; ttl={(long)(until - now).TotalSeconds}");

    /// <summary>How old a result is, seconds.</summary>
    public static string Age(DateTimeOffset at, DateTimeOffset now) =>
        Math.Max((long)(now - at).TotalSeconds, 0).ToString(CultureInfo.InvariantCulture);
}
