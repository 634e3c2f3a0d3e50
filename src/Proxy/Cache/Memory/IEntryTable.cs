using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>Entries in memory, under one eviction strategy.</summary>
internal interface IEntryTable
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>What they take, bytes.</summary>
    long Bytes { get; }

    /// <summary>Every entry; others may come and go meanwhile.</summary>
    IEnumerable<CacheSlot> All { get; }

    /// <summary>Finds an entry, and counts it as used.</summary>
    bool TryGet(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CacheSlot? slot);

    /// <summary>Adds or replaces an entry; others leave where there is no room.</summary>
    void Set(CacheSlot slot);

    /// <summary>Removes exactly this entry.</summary>
    /// <returns>False when it was not there any more.</returns>
    bool Remove(CacheSlot slot, EvictionReason why);
}
