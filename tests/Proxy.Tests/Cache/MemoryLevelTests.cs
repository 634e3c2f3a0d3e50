using Framegate.Proxy.Cache;
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
        _memory = new MemoryLevel(new CachePolicy(_options, new ConfigurationBuilder().Build()), _stats, _time);
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

        Assert.Equal(["x/flux:a"], _memory.RemoveWhere(new Invalidation { Pattern = "flux:*" }.Matches));
        Assert.Equal(1, _memory.Count);
    }

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
