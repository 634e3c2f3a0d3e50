using System.Collections.Concurrent;
using Framegate.Proxy.Cache.Entries;
using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>
/// The memory of the hybrid cache. The cache hands over opaque objects; whoever gives it an entry announces the entry here first, so that
/// its size, its time and its model are known.
/// </summary>
internal sealed class MemoryLevel : IMemoryCache
{
    private readonly ConcurrentDictionary<string, CacheEntry> _announced = new(StringComparer.Ordinal);
    private readonly CacheSettings _policy;
    private readonly CacheStats _stats;
    private readonly TimeProvider _time;
    private volatile IEntryTable _table;
    private (EvictionStrategy, int, long) _shape;

    public MemoryLevel(CacheSettings policy, CacheStats stats, TimeProvider time)
    {
        (_policy, _stats, _time) = (policy, stats, time);
        _shape = ShapeOf(policy.Options);
        _table = Build(policy.Options);
        policy.Changed += Reshape;
    }

    /// <summary>How many entries there are.</summary>
    public int Count => _table.Count;

    /// <summary>What they take, bytes.</summary>
    public long Bytes => _table.Bytes;

    /// <summary>Every entry.</summary>
    public IEnumerable<CacheEntry> All => _table.All.Select(h => h.Peek());

    /// <summary>Keeps an entry.</summary>
    public void Keep(CacheEntry entry) => _table.Set(new Held(entry, StatsOf(entry)));

    /// <summary>Says which entry the cache is about to be given.</summary>
    public void Announce(CacheEntry entry) => _announced[entry.Key] = entry;

    /// <summary>Takes the announcement back, when the cache did not want it.</summary>
    public void Withdraw(string key) => _announced.TryRemove(key, out _);

    /// <summary>Removes what matches.</summary>
    /// <returns>The keys.</returns>
    public IReadOnlyList<string> RemoveWhere(Func<Held, bool> matches)
    {
        var table = _table;
        var removed = new List<string>();
        foreach (var held in table.All)
        {
            if (matches(held) && table.Remove(held, Departure.Removed))
            {
                removed.Add(held.Key);
            }
        }

        return removed;
    }

    /// <summary>Removes what has expired, also where nobody asks for it.</summary>
    public void Sweep()
    {
        var (table, now) = (_table, _time.GetUtcNow());
        foreach (var held in table.All)
        {
            if (held.ExpiresAt <= now)
            {
                table.Remove(held, Departure.Expired);
            }
        }
    }

    /// <summary>The entry with this key.</summary>
    public CacheEntry? Find(string key) => FindHeld(key)?.Open();

    public bool TryGetValue(object key, out object? value) => (value = FindHeld((string)key)?.Value) is not null;

    public ICacheEntry CreateEntry(object key) => new PendingEntry(key, Commit);

    public void Remove(object key)
    {
        var table = _table;
        if (table.TryGet((string)key, out var held))
        {
            table.Remove(held, Departure.Removed);
        }
    }

    public void Dispose() => _policy.Changed -= Reshape;

    private static (EvictionStrategy, int, long) ShapeOf(CacheOptions options) => (options.Strategy, options.MaxEntries, options.MaxBytes);

    private static IEntryTable Build(CacheOptions options) => options.Strategy switch
    {
        EvictionStrategy.Lfu => new LfuTable(options.MaxEntries, options.MaxBytes),
        EvictionStrategy.Ttl => new TtlTable(options.MaxBytes),
        _ => new LruTable(options.MaxEntries, options.MaxBytes),
    };

    private Held? FindHeld(string key)
    {
        var table = _table;
        if (!table.TryGet(key, out var held))
        {
            return null;
        }

        if (held.ExpiresAt > _time.GetUtcNow())
        {
            return held;
        }

        table.Remove(held, Departure.Expired);
        return null;
    }

    private void Commit(PendingEntry pending)
    {
        var key = (string)pending.Key;
        var entry = _announced.TryRemove(key, out var announced) ? announced : _table.TryGet(key, out var known) ? known.Open() : null;
        if (entry is not null && pending.Value is { } value)
        {
            _table.Set(new Held(entry, value, StatsOf(entry)));
        }
    }

    private ModelStats StatsOf(CacheEntry entry) => _stats.Of(entry.AskedProvider, entry.AskedModel);

    /// <summary>A new strategy or a new size begins with what the old one held.</summary>
    private void Reshape(CacheOptions options)
    {
        if (ShapeOf(options) == _shape)
        {
            return;
        }

        var (old, next) = (_table, Build(options));
        _shape = ShapeOf(options);
        foreach (var held in old.All)
        {
            next.Set(held);
        }

        _table = next;
        foreach (var held in old.All)
        {
            // One that came meanwhile.
            if (!next.TryGet(held.Key, out _))
            {
                next.Set(held);
            }

            old.Remove(held, Departure.Removed);
        }
    }
}
