using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Transforms.Schemas.Responses;
using ZiggyCreatures.Caching.Fusion.Internals.Distributed;
using ZiggyCreatures.Caching.Fusion.Serialization;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>Entries as source-generated JSON. What is read is announced to memory, which is given it next.</summary>
internal sealed class EntrySerializer(MemoryLevel memory) : IFusionCacheSerializer
{
    public byte[] Serialize<T>(T? obj) => JsonSerializer.SerializeToUtf8Bytes(
        obj as FusionCacheDistributedEntry<CacheEntry>, EntryJson.Default.FusionCacheDistributedEntryCacheEntry);

    public T? Deserialize<T>(byte[] data)
    {
        var read = JsonSerializer.Deserialize(data, EntryJson.Default.FusionCacheDistributedEntryCacheEntry);
        if (read?.Value is { } entry)
        {
            memory.Announce(entry);
        }

        return (T?)(object?)read;
    }

    public ValueTask<byte[]> SerializeAsync<T>(T? obj, CancellationToken token = default) => new(Serialize(obj));

    public ValueTask<T?> DeserializeAsync<T>(byte[] data, CancellationToken token = default) => new(Deserialize<T>(data));
}

/// <summary>Source-generated JSON of entries in Redis.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FusionCacheDistributedEntry<CacheEntry>))]
[JsonSerializable(typeof(CacheEntry))]
[JsonSerializable(typeof(News))]
[JsonSerializable(typeof(GenerationResult))]
internal sealed partial class EntryJson : JsonSerializerContext;
