using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>Entries that are found without a lock, and leave in the order of a strategy when there is no room for all of them.</summary>
/// <param name="maxEntries">How many there may be.</param>
/// <param name="maxBytes">What they may take, bytes.</param>
internal abstract class BoundedTable(int maxEntries, long maxBytes) : IEntryTable
{
    private const int Slack = 1024;
    private readonly ConcurrentDictionary<string, CacheSlot> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    // The dictionary takes all of its locks to return its count.
    private int _count;
    private long _bytes;

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    public IEnumerable<CacheSlot> All => _entries.Select(pair => pair.Value);

    /// <summary>How many stand in line, those among them that have left already.</summary>
    protected abstract int Waiting { get; }

    public bool TryGet(string key, [NotNullWhen(true)] out CacheSlot? slot)
    {
        if (!_entries.TryGetValue(key, out slot))
        {
            return false;
        }

        if (!slot.Used)
        {
            slot.Used = true;
        }

        return true;
    }

    public void Set(CacheSlot slot)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(slot.Key, out var old))
            {
                Remove(old, EvictionReason.Replaced);
            }

            if (slot.Size > maxBytes)
            {
                return;
            }

            _entries[slot.Key] = slot;
            _count++;
            _bytes += slot.Size;
            slot.Stats.Added(slot.Size);
            Append(slot);
            while ((_count > maxEntries || _bytes > maxBytes) && TryTakeFirst(slot, out var first))
            {
                Remove(first, EvictionReason.Capacity);
            }

            if (Waiting > (2 * _count) + Slack)
            {
                Refill(_entries.Values);
            }
        }
    }

    public bool Remove(CacheSlot slot, EvictionReason why)
    {
        lock (_lock)
        {
            if (!_entries.TryRemove(new KeyValuePair<string, CacheSlot>(slot.Key, slot)))
            {
                return false;
            }

            _count--;
            _bytes -= slot.Size;
            slot.Stats.Gone(slot.Size, why);
            return true;
        }
    }

    /// <summary>Puts an entry in line.</summary>
    protected abstract void Append(CacheSlot slot);

    /// <summary>Takes the entry out of the line that leaves first; it may have left already.</summary>
    /// <param name="newest">The entry that room is made for.</param>
    /// <param name="first">The entry.</param>
    /// <returns>False when nobody is in line.</returns>
    protected abstract bool TryTakeFirst(CacheSlot newest, [NotNullWhen(true)] out CacheSlot? first);

    /// <summary>Makes the line anew of those that are there.</summary>
    protected abstract void Refill(IEnumerable<CacheSlot> entries);
}
