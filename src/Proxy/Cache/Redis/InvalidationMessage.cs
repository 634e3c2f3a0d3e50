using System.Text.Json.Serialization;
using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>One line of the stream of invalidations. It names either what is invalidated or what has been replaced.</summary>
internal sealed record InvalidationMessage
{
    /// <summary>The replica that publishes it.</summary>
    public required Guid From { get; init; }

    /// <summary>Entries that must answer no longer.</summary>
    public Invalidation? Invalidated { get; init; }

    /// <summary>The key of an entry that has replaced an older one.</summary>
    public string? Replaced { get; init; }

    /// <summary>The generation that made the new entry.</summary>
    public string? By { get; init; }

    /// <summary>Whether an entry is one of those that are no longer true.</summary>
    public bool Ends(CacheEntry entry) => Invalidated?.Matches(entry) ?? (Replaced == entry.Key && By != entry.Id);
}

/// <summary>Source-generated JSON of the stream.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(InvalidationMessage))]
internal sealed partial class InvalidationJson : JsonSerializerContext;
