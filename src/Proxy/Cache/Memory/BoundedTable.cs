using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>Entries that are found without a lock, and leave in an order that a strategy says when there is no room for all of them.</summary>
/// <param name="maxEntries">How many there may be.</param>
/// <param name="maxBytes">What they may take, bytes.</param>
internal abstract class BoundedTable(int maxEntries, long maxBytes) : IEntryTable
{
    private const int Slack = 1024;
    private readonly ConcurrentDictionary<string, Held> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    // The dictionary takes all of its locks to tell its count.
    private int _count;
    private long _bytes;

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    public IEnumerable<Held> All => _entries.Select(pair => pair.Value);

    /// <summary>How many stand in line, those among them that have left already.</summary>
    protected abstract int Waiting { get; }

    public bool TryGet(string key, [NotNullWhen(true)] out Held? held)
    {
        if (!_entries.TryGetValue(key, out held))
        {
            return false;
        }

        if (!held.Used)
        {
            held.Used = true;
        }

        return true;
    }

    public void Set(Held held)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(held.Key, out var old))
            {
                Remove(old, Departure.Removed);
            }

            if (held.Size > maxBytes)
            {
                return;
            }

            _entries[held.Key] = held;
            _count++;
            _bytes += held.Size;
            held.Stats.Added(held.Size);
            Append(held);
            while ((_count > maxEntries || _bytes > maxBytes) && TryTakeFirst(held, out var first))
            {
                Remove(first, Departure.Evicted);
            }

            if (Waiting > (2 * _count) + Slack)
            {
                Refill(_entries.Values);
            }
        }
    }

    public bool Remove(Held held, Departure why)
    {
        lock (_lock)
        {
            if (!_entries.TryRemove(new KeyValuePair<string, Held>(held.Key, held)))
            {
                return false;
            }

            _count--;
            _bytes -= held.Size;
            held.Stats.Gone(held.Size, why);
            return true;
        }
    }

    /// <summary>Puts an entry in line.</summary>
    protected abstract void Append(Held held);

    /// <summary>Takes the entry out of the line that leaves first; it may have left already.</summary>
    /// <param name="newest">The entry that room is made for.</param>
    /// <param name="first">The entry.</param>
    /// <returns>False when nobody is in line.</returns>
    protected abstract bool TryTakeFirst(Held newest, [NotNullWhen(true)] out Held? first);

    /// <summary>Makes the line anew of those that are there.</summary>
    protected abstract void Refill(IEnumerable<Held> entries);
}
