using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>What replicas tell each other. Exactly one member says it.</summary>
internal sealed record News
{
    /// <summary>The replica that says it.</summary>
    public required Guid From { get; init; }

    /// <summary>Entries that must answer no longer.</summary>
    public Invalidation? Invalidated { get; init; }

    /// <summary>The key of an entry that has replaced an older one.</summary>
    public string? Replaced { get; init; }

    /// <summary>The generation that made the new entry.</summary>
    public string? By { get; init; }

    /// <summary>Whether an entry is one of those that are no longer true.</summary>
    public bool Ends(CacheEntry entry) => Invalidated?.Matches(entry.Name) ?? (Replaced == entry.Key && By != entry.Id);
}
