using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Keys;
using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>The memory of the hybrid cache, bounded by entries and by bytes under the strategy that is set. Whose numbers an entry counts in is in its key.</summary>
internal sealed class MemoryLevel : IMemoryCache
{
    private readonly CacheSettings _settings;
    private readonly CacheStats _stats;
    private readonly TimeProvider _time;
    private readonly Action<CacheSlot> _commit;
    private volatile IEntryTable _table;
    private (EvictionStrategy, int, long) _shape;

    public MemoryLevel(CacheSettings settings, CacheStats stats, TimeProvider time)
    {
        (_settings, _stats, _time, _commit) = (settings, stats, time, Commit);
        _shape = ShapeOf(settings.Options);
        _table = Build(settings.Options);
        settings.Changed += Reshape;
    }

    /// <summary>How many entries there are.</summary>
    public int Count => _table.Count;

    /// <summary>What they take, bytes.</summary>
    public long Bytes => _table.Bytes;

    /// <summary>The key of every entry.</summary>
    public IEnumerable<string> Keys => _table.All.Select(s => s.Key);

    /// <summary>Removes what has expired, also where nobody asks for it.</summary>
    public void Sweep()
    {
        var (table, now) = (_table, _time.GetUtcNow());
        foreach (var slot in table.All)
        {
            if (slot.ExpiresAt <= now)
            {
                table.Remove(slot, EvictionReason.Expired);
            }
        }
    }

    public bool TryGetValue(object key, out object? value)
    {
        var table = _table;
        value = null;
        if (!table.TryGet((string)key, out var slot))
        {
            return false;
        }

        if (slot.ExpiresAt > _time.GetUtcNow())
        {
            value = slot.Value;
            return true;
        }

        table.Remove(slot, EvictionReason.Expired);
        return false;
    }

    public ICacheEntry CreateEntry(object key)
    {
        var (provider, model) = CacheKeys.AskedFor((string)key);
        return new CacheSlot((string)key, _stats.Of(provider, model), _time, _commit);
    }

    public void Remove(object key)
    {
        var table = _table;
        if (table.TryGet((string)key, out var slot))
        {
            table.Remove(slot, EvictionReason.Removed);
        }
    }

    public void Dispose() => _settings.Changed -= Reshape;

    private static (EvictionStrategy, int, long) ShapeOf(CacheOptions options) => (options.Strategy, options.MaxEntries, options.MaxBytes);

    private static IEntryTable Build(CacheOptions options) => options.Strategy switch
    {
        EvictionStrategy.Lfu => new LfuTable(options.MaxEntries, options.MaxBytes),
        EvictionStrategy.Ttl => new TtlTable(options.MaxBytes),
        _ => new LruTable(options.MaxEntries, options.MaxBytes),
    };

    private void Commit(CacheSlot slot) => _table.Set(slot);

    /// <summary>A new strategy or a new size begins with what the old one held.</summary>
    private void Reshape(CacheOptions options)
    {
        if (ShapeOf(options) == _shape)
        {
            return;
        }

        var (old, next) = (_table, Build(options));
        _shape = ShapeOf(options);
        foreach (var slot in old.All)
        {
            next.Set(slot);
        }

        _table = next;
        foreach (var slot in old.All)
        {
            // One that came meanwhile.
            if (!next.TryGet(slot.Key, out _))
            {
                next.Set(slot);
            }

            old.Remove(slot, EvictionReason.Removed);
        }
    }
}
