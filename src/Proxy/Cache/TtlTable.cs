using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Framegate.Proxy.Cache;

/// <summary>Keeps every entry until it expires; only when the bytes do not suffice, what expires first leaves early.</summary>
internal sealed class TtlTable(long maxBytes) : IEntryTable
{
    private const int Slack = 1024;
    private readonly ConcurrentDictionary<string, Held> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    // May name entries that have left; those are passed over.
    private readonly PriorityQueue<Held, DateTimeOffset> _byExpiry = new();
    private long _bytes;

    public int Count => _entries.Count;

    public long Bytes => Volatile.Read(ref _bytes);

    public IEnumerable<Held> All => _entries.Select(pair => pair.Value);

    public bool TryGet(string key, [NotNullWhen(true)] out Held? held) => _entries.TryGetValue(key, out held);

    public void Set(Held held)
    {
        if (held.Size > maxBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_entries.TryGetValue(held.Entry.Key, out var old))
            {
                Remove(old, Departure.Removed);
            }

            _entries[held.Entry.Key] = held;
            _bytes += held.Size;
            held.Stats.Added(held.Size);
            _byExpiry.Enqueue(held, held.Entry.ExpiresAt);
            while (_bytes > maxBytes && _byExpiry.TryDequeue(out var first, out _))
            {
                Remove(first, Departure.Evicted);
            }

            if (_byExpiry.Count > (2 * _entries.Count) + Slack)
            {
                _byExpiry.Clear();
                _byExpiry.EnqueueRange(_entries.Values.Select(e => (e, e.Entry.ExpiresAt)));
            }
        }
    }

    public bool Remove(Held held, Departure why)
    {
        lock (_lock)
        {
            if (!_entries.TryRemove(new KeyValuePair<string, Held>(held.Entry.Key, held)))
            {
                return false;
            }

            _bytes -= held.Size;
            held.Stats.Gone(held.Size, why);
            return true;
        }
    }
}
