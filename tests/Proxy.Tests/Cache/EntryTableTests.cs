using CsCheck;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>Each strategy beside a simple model of it, over random operations.</summary>
public sealed class EntryTableTests
{
    private const int Capacity = 64;
    private const long Plenty = long.MaxValue;
    private static readonly Gen<(int Op, int Key, int Life)[]> s_operations = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 199], Gen.Int[1, 1000]).Array[0, 600];

    [Fact]
    public void Ttl_RandomOperations_IsTheModelExactly() => s_operations.Sample(
        operations =>
        {
            var size = Entries.Slot(Entries.New("k000")).Size;
            var table = new TtlTable(size * Capacity);
            var model = new Dictionary<string, CacheSlot>();
            foreach (var (op, number, life) in operations)
            {
                var key = $"k{number:000}";
                if (op < 5)
                {
                    // Lives are made different, so that the model need not say which of two equal ones leaves.
                    var slot = Entries.Slot(Entries.New(key) with { ExpiresAt = Entries.Now.AddSeconds(life).AddTicks(model.Count + (number * 1000)) });
                    table.Set(slot);
                    model[key] = slot;
                    while (model.Count > Capacity)
                    {
                        model.Remove(model.MinBy(m => m.Value.ExpiresAt).Key);
                    }
                }
                else if (op == 5 && model.TryGetValue(key, out var gone))
                {
                    Assert.True(table.Remove(gone, EvictionReason.Removed));
                    model.Remove(key);
                }

                Assert.Equal(model.GetValueOrDefault(key), table.TryGet(key, out var found) ? found : null);
                Assert.Equal(model.Count, table.Count);
                Assert.Equal(model.Values.Sum(h => (long)h.Size), table.Bytes);
            }

            Assert.Equal(model.Keys.Order(), table.All.Select(h => h.Key).Order());
        },
        iter: 200);

    [Theory]
    [InlineData(EvictionStrategy.Lru)]
    [InlineData(EvictionStrategy.Lfu)]
    public void Bounded_RandomOperations_NeverGivesWhatIsNotTheLastAndNeverGrows(object strategy) => s_operations.Sample(
        operations =>
        {
            var stats = new ModelStats("flux", "m");
            var table = Table((EvictionStrategy)strategy, Capacity, Plenty);
            var last = new Dictionary<string, CacheSlot>();
            foreach (var (op, number, _) in operations)
            {
                var key = $"k{number:000}";
                if (op < 5)
                {
                    table.Set(last[key] = Entries.Slot(Entries.New(key), stats));
                }
                else if (op == 5 && table.TryGet(key, out var there))
                {
                    table.Remove(there, EvictionReason.Removed);
                    last.Remove(key);
                }

                if (table.TryGet(key, out var found))
                {
                    Assert.Same(last[key], found);
                }

                Assert.InRange(table.Count, 0, Capacity + 1);
            }

            var all = table.All.ToList();
            Assert.Equal(all.Sum(h => (long)h.Size), table.Bytes);
            Assert.Equal((all.Count, table.Bytes), (stats.Entries, stats.Bytes));
        },
        iter: 200);

    [Theory]
    [InlineData(EvictionStrategy.Lru)]
    [InlineData(EvictionStrategy.Lfu)]
    public void Bounded_SkewedUse_HitsAboutAsOftenAsTheExactModel(object strategy)
    {
        var table = Table((EvictionStrategy)strategy, Capacity, Plenty);
        var model = new ExactModel((EvictionStrategy)strategy, Capacity);
        var random = new Random(7);
        const int Uses = 40_000;
        var (ours, exact) = (0, 0);
        for (var i = 0; i < Uses; i++)
        {
            // A few keys often, many seldom.
            var key = $"k{(int)(1000 * Math.Pow(random.NextDouble(), 3)):000}";
            exact += model.Use(key) ? 1 : 0;
            if (table.TryGet(key, out _))
            {
                ours++;
            }
            else
            {
                table.Set(Entries.Slot(Entries.New(key)));
            }
        }

        Assert.True(ours > exact - (Uses * 0.03), $"{strategy}: {ours} hits, the exact model has {exact}.");
    }

    [Fact]
    public void Lru_ScanOfNewKeys_EvictsWhatWasUsedLongAgo()
    {
        var table = Table(EvictionStrategy.Lru, Capacity, Plenty);
        table.Set(Entries.Slot(Entries.New("old")));
        for (var i = 0; i < 3 * Capacity; i++)
        {
            table.Set(Entries.Slot(Entries.New($"new {i}")));
        }

        Assert.False(table.TryGet("old", out _));
        Assert.True(table.TryGet($"new {(3 * Capacity) - 1}", out _));
    }

    [Fact]
    public void Lfu_ScanOfNewKeys_KeepsWhatIsUsedOften()
    {
        var table = Table(EvictionStrategy.Lfu, Capacity, Plenty);
        table.Set(Entries.Slot(Entries.New("often")));
        for (var i = 0; i < 20 * Capacity; i++)
        {
            Assert.True(table.TryGet("often", out _));
            table.Set(Entries.Slot(Entries.New($"new {i}")));
        }
    }

    [Theory]
    [InlineData(EvictionStrategy.Lru)]
    [InlineData(EvictionStrategy.Lfu)]
    [InlineData(EvictionStrategy.Ttl)]
    public void Set_BytesDoNotSuffice_OthersLeaveAndAreCounted(object strategy)
    {
        var stats = new ModelStats("flux", "m");
        var size = Entries.Slot(Entries.New("k000")).Size;
        var table = Table((EvictionStrategy)strategy, 1000, size * 10);
        for (var i = 0; i < 100; i++)
        {
            table.Set(Entries.Slot(Entries.New($"k{i:000}", seconds: 60 + i), stats));
            Assert.InRange(table.Bytes, 0, size * 10);
        }

        Assert.InRange(table.Count, 1, 10);
        Assert.Equal(100 - table.Count, stats.Evictions);
        table.Set(Entries.Slot(Entries.New(new string('x', (int)size * 10)), stats));
        Assert.InRange(table.Bytes, 0, size * 10);
    }

    private static IEntryTable Table(EvictionStrategy strategy, int entries, long bytes) => strategy switch
    {
        EvictionStrategy.Lru => new LruTable(entries, bytes),
        EvictionStrategy.Lfu => new LfuTable(entries, bytes),
        _ => new TtlTable(bytes),
    };

    /// <summary>Exact LRU, or exact LFU with the oldest first among equals.</summary>
    private sealed class ExactModel(EvictionStrategy strategy, int capacity)
    {
        private readonly Dictionary<string, (int Uses, int Last)> _keys = [];
        private int _clock;

        public bool Use(string key)
        {
            var known = _keys.TryGetValue(key, out var use);
            if (!known && _keys.Count == capacity)
            {
                _keys.Remove(strategy == EvictionStrategy.Lru
                    ? _keys.MinBy(k => k.Value.Last).Key
                    : _keys.OrderBy(k => k.Value.Uses).ThenBy(k => k.Value.Last).First().Key);
            }

            _keys[key] = (use.Uses + 1, ++_clock);
            return known;
        }
    }
}
