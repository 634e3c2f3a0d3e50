using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>Entries to keep.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset Now = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);

    public static CacheEntry New(string key, int seconds = 3600, string id = "gen", string provider = "flux", string model = "m", string? asked = null) => new()
    {
        Key = key,
        Id = id,
        Client = "local",
        AskedProvider = asked is null ? provider : "auto",
        AskedModel = asked ?? model,
        Provider = provider,
        Adapter = provider,
        Model = model,
        Result = new GenerationResult([], "text"),
        Cost = 0.04m,
        StoredAt = Now,
        ExpiresAt = Now.AddSeconds(seconds),
    };

    public static Held Hold(CacheEntry entry, ModelStats? stats = null) => new(entry, entry, stats ?? new ModelStats("flux", "m"));
}
