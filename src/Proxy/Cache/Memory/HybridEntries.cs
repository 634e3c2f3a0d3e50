using System.Text.Json;
using Framegate.Proxy.Cache.Entries;
using Microsoft.Extensions.Caching.Hybrid;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>The entries behind <see cref="HybridCache"/>: those in memory, and those in the Redis that replicas share.</summary>
internal sealed class HybridEntries(HybridCache hybrid, MemoryLevel memory, TimeProvider time)
{
    private static readonly HybridCacheEntryOptions s_find = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };
    private static readonly HybridCacheEntryOptions s_peek = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableLocalCacheWrite };
    private static readonly HybridCacheEntryOptions s_peekInMemory = new()
    {
        Flags = HybridCacheEntryFlags.DisableUnderlyingData | HybridCacheEntryFlags.DisableDistributedCache,
    };

    /// <summary>The entry with this key, in memory from now on.</summary>
    public ValueTask<PackedEntry?> FindAsync(string key) => hybrid.GetOrCreateAsync<PackedEntry?>(key, static _ => default, s_find);

    /// <summary>Whether memory has an entry with this key.</summary>
    public bool IsInMemory(string key) => memory.TryGetValue(key, out _);

    /// <summary>True while memory has no entry at all.</summary>
    public bool IsEmpty => memory.Count == 0;

    /// <summary>Keeps an entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="share">Whether other replicas can have it too.</param>
    public ValueTask KeepAsync(CacheEntry entry, bool share) => hybrid.SetAsync(
        entry.Key,
        new PackedEntry(entry),
        new HybridCacheEntryOptions
        {
            Expiration = entry.ExpiresAt - time.GetUtcNow(), Flags = share ? HybridCacheEntryFlags.None : HybridCacheEntryFlags.DisableDistributedCache,
        });

    /// <summary>Removes an entry from memory.</summary>
    public void Forget(string key) => memory.Remove(key);

    /// <summary>Removes what an invalidation means from memory.</summary>
    /// <returns>The keys.</returns>
    public async Task<IReadOnlyList<string>> ForgetAsync(Invalidation what)
    {
        var removed = new List<string>();
        foreach (var key in memory.Keys)
        {
            if (await IsMeantAsync(what, key, s_peekInMemory))
            {
                if (what.DryRun != true)
                {
                    memory.Remove(key);
                }

                removed.Add(key);
            }
        }

        return removed;
    }

    /// <summary>Removes an entry from memory, unless this generation has made it.</summary>
    public async Task ForgetOthersAsync(string key, string generation)
    {
        if (await PeekAsync(key, s_peekInMemory) is { } entry && entry.Id != generation)
        {
            memory.Remove(key);
        }
    }

    /// <summary>Whether an invalidation means the entry with this key. One that an alias led to, and that cannot be read, is meant: better one too much.</summary>
    public ValueTask<bool> IsMeantAsync(Invalidation what, string key) => IsMeantAsync(what, key, s_peek);

    private async ValueTask<bool> IsMeantAsync(Invalidation what, string key, HybridCacheEntryOptions how) =>
        what.MatchesKey(key) || (what.NeedsEntry(key) && (await PeekAsync(key, how) is not { } entry || what.Matches(entry)));

    private async ValueTask<CacheEntry?> PeekAsync(string key, HybridCacheEntryOptions how)
    {
        try
        {
            return (await hybrid.GetOrCreateAsync<PackedEntry?>(key, static _ => default, how))?.Peek(key);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
