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

    /// <summary>A key of ours.</summary>
    public static string Key(string name, string provider = "flux", string model = "m") => $"local/{provider}:{model}:{name.PadLeft(64, '0')}:{new string('0', 64)}";

    public static CacheSlot Slot(CacheEntry entry, ModelStats? stats = null)
    {
        var slot = new CacheSlot(entry.Key, stats ?? new ModelStats("flux", "m"), TimeProvider.System) { Value = entry, AbsoluteExpiration = entry.ExpiresAt };
        ((Microsoft.Extensions.Caching.Memory.ICacheEntry)slot).Size = 100;
        return slot;
    }
}
