using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Cache;

public sealed class MemoryLevelTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Entries.Now);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Monitor _options = new();
    private readonly CacheStats _stats;
    private readonly MemoryLevel _memory;

    public MemoryLevelTests()
    {
        _stats = new CacheStats(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        _memory = new MemoryLevel(new CacheSettings(_options, new ConfigurationBuilder().Build()), _stats, _time);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void TryGetValue_TimeIsOver_GivesNothingAndCountsIt()
    {
        Put("a", seconds: 60);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_memory.TryGetValue("a", out _));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_memory.TryGetValue("a", out _));
        Assert.Equal((0, 0L), (_memory.Count, _memory.Bytes));
        Assert.Equal(1, _stats.Of("flux", "m").Expirations);
    }

    [Fact]
    public void Sweep_NobodyAsks_ExpiredEntriesLeave()
    {
        Put("a", seconds: 60);
        Put("b", seconds: 120);
        _time.Advance(TimeSpan.FromSeconds(90));

        _memory.Sweep();

        Assert.Equal(["b"], _memory.All.Select(e => e.Key));
    }

    [Theory]
    [InlineData(EvictionStrategy.Lfu)]
    [InlineData(EvictionStrategy.Ttl)]
    public void Changed_OtherStrategy_KeepsTheEntries(object strategy)
    {
        Put("a", seconds: 60);
        Put("b", seconds: 60);

        _options.Change(new CacheOptions { Strategy = (EvictionStrategy)strategy });

        Assert.Equal(["a", "b"], _memory.All.Select(e => e.Key).Order());
        Assert.Equal(2, _stats.Of("flux", "m").Entries);
        Put("c", seconds: 60);
        Assert.True(_memory.TryGetValue("c", out _));
    }

    [Fact]
    public void Commit_NobodyAnnouncedTheEntry_IsNotKept()
    {
        _memory.Set("a", new object());
        Assert.False(_memory.TryGetValue("a", out _));
    }

    [Fact]
    public void RemoveWhere_SomeMatch_TheyAreGoneAndNamed()
    {
        Put("x/flux:a", seconds: 60);
        Put("x/sora:a", seconds: 60);

        Assert.Equal(["x/flux:a"], _memory.RemoveWhere(held => new Invalidation { Pattern = "flux:*" }.Matches(held.Name)));
        Assert.Equal(1, _memory.Count);
    }

    [Fact]
    public void RemoveWhere_Packed_GoesByWhatTheyAreCalled()
    {
        Keep("a", provider: "flux");
        Keep("b", provider: "sora");

        Assert.Equal(["b"], _memory.RemoveWhere(held => new Invalidation { Model = "sora/m" }.Matches(held.Name)));
        Assert.Equal(["a"], _memory.RemoveWhere(held => new Invalidation { Provider = "auto" }.Matches(held.Name)));
    }

    [Fact]
    public void Changed_Packed_OtherStrategyKeepsThem()
    {
        Keep("a");
        var entry = _memory.Find("a");

        _options.Change(new CacheOptions { Strategy = EvictionStrategy.Ttl });

        Assert.Same(entry, _memory.Find("a"));
        Assert.Equal("gen_a", entry!.Id);
    }

    [Fact]
    public void Sweep_Packed_ExpiredOnesLeave()
    {
        Keep("a");
        _time.Advance(TimeSpan.FromHours(1));

        _memory.Sweep();

        Assert.Equal((0, 0L), (_memory.Count, _memory.Bytes));
    }

    [Theory]
    [InlineData(EvictionStrategy.Lru)]
    [InlineData(EvictionStrategy.Lfu)]
    [InlineData(EvictionStrategy.Ttl)]
    public void Keep_TheNewResultIsTooLarge_TheOldOneAnswersNoLonger(object strategy)
    {
        _options.Change(new CacheOptions { Strategy = (EvictionStrategy)strategy, MaxBytes = 1_000_000 });
        Put("a", seconds: 60);

        _memory.Keep(Entries.New("a") with { Result = new GenerationResult([], new string('x', 1_000_000)) });

        Assert.Null(_memory.Find("a"));
        Assert.Equal((0, 0L), (_memory.Count, _memory.Bytes));
    }

    /// <summary>Keeps an entry that nothing wraps, as without Redis.</summary>
    private void Keep(string key, string provider = "flux") => _memory.Keep(Entries.New(key, id: "gen_" + key, provider: provider, asked: "fast"));

    private void Put(string key, int seconds)
    {
        var entry = Entries.New(key, seconds);
        _memory.Announce(entry);
        _memory.Set(key, (object)entry);
    }

    private sealed class Monitor : IOptionsMonitor<CacheOptions>
    {
        private Action<CacheOptions, string?>? _listener;

        public CacheOptions CurrentValue { get; private set; } = new();

        public CacheOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<CacheOptions, string?> listener)
        {
            _listener = listener;
            return null;
        }

        public void Change(CacheOptions options)
        {
            CurrentValue = options;
            _listener?.Invoke(options, null);
        }
    }
}
