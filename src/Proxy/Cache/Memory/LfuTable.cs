using System.Diagnostics.CodeAnalysis;
using BitFaster.Caching;
using BitFaster.Caching.Lfu;
using BitFaster.Caching.Scheduler;
using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>What is used the least often leaves first, by BitFaster, which bounds the count; the bytes are bounded here.</summary>
internal sealed class LfuTable : IEntryTable
{
    private const int SpareShare = 16;
    private readonly Lock _shrinking = new();
    private readonly ICache<string, CacheSlot> _cache;
    private readonly long _maxBytes;
    private long _bytes;

    /// <summary>An empty table.</summary>
    /// <param name="maxEntries">How many entries there may be.</param>
    /// <param name="maxBytes">What they may take, bytes.</param>
    public LfuTable(int maxEntries, long maxBytes)
    {
        // Its upkeep runs on the callers' threads, so it is never behind.
        _cache = new ConcurrentLfuBuilder<string, CacheSlot>()
            .WithCapacity(maxEntries).WithKeyComparer(StringComparer.Ordinal).WithScheduler(new ForegroundScheduler()).WithEvents().Build();
        _maxBytes = maxBytes;
        var events = _cache.Events.Value!;
        events.ItemRemoved += (_, removed) =>
        {
            // An explicit removal is counted by who asked for it, since only that one knows why.
            if (removed.Reason != ItemRemovedReason.Removed)
            {
                Left(removed.Value!, EvictionReason.Capacity);
            }
        };
        events.ItemUpdated += (_, updated) => Left(updated.OldValue!, EvictionReason.Replaced);
    }

    public int Count => _cache.Count;

    public long Bytes => Volatile.Read(ref _bytes);

    public IEnumerable<CacheSlot> All => _cache.Select(pair => pair.Value);

    public bool TryGet(string key, [NotNullWhen(true)] out CacheSlot? slot) => _cache.TryGet(key, out slot!);

    public void Set(CacheSlot slot)
    {
        if (slot.Size > _maxBytes)
        {
            // What it replaces is no longer true.
            if (_cache.TryGet(slot.Key, out var old))
            {
                Remove(old, EvictionReason.Replaced);
            }

            return;
        }

        Interlocked.Add(ref _bytes, slot.Size);
        slot.Stats.Added(slot.Size);
        _cache.AddOrUpdate(slot.Key, slot);
        if (Bytes > _maxBytes)
        {
            Shrink();
        }
    }

    public bool Remove(CacheSlot slot, EvictionReason why)
    {
        if (!_cache.TryRemove(new KeyValuePair<string, CacheSlot>(slot.Key, slot)))
        {
            return false;
        }

        Left(slot, why);
        return true;
    }

    /// <summary>
    /// Makes room, and some more: counting and trimming look at every entry, so they are done for many entries at once. Who comes
    /// meanwhile does not wait.
    /// </summary>
    private void Shrink()
    {
        if (!_shrinking.TryEnter())
        {
            return;
        }

        try
        {
            var enough = _maxBytes - (_maxBytes / SpareShare);
            while (Bytes > enough && _cache.Count is > 0 and var count)
            {
                // As large a share of the entries as of the bytes is too much.
                _cache.Policy.Eviction.Value!.Trim((int)Math.Clamp(count * (Bytes - enough) / Bytes, 1, count));
            }
        }
        finally
        {
            _shrinking.Exit();
        }
    }

    private void Left(CacheSlot slot, EvictionReason why)
    {
        Interlocked.Add(ref _bytes, -slot.Size);
        slot.Stats.Gone(slot.Size, why);
    }
}
