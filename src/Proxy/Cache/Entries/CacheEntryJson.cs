using System.Text.Json.Serialization;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>Source-generated JSON of an entry that is kept packed.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CacheEntry))]
[JsonSerializable(typeof(GenerationResult))]
internal sealed partial class CacheEntryJson : JsonSerializerContext;
