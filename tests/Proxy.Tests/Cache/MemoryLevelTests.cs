using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Tests.Clients;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Cache;

public sealed class MemoryLevelTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Entries.Now);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ChangingOptions<CacheOptions> _options = new(new CacheOptions());
    private readonly CacheStats _stats;
    private readonly MemoryLevel _memory;

    public MemoryLevelTests()
    {
        _stats = new CacheStats(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        _memory = new MemoryLevel(new CacheSettings(_options, KnownClients.Of(), new ConfigurationBuilder().Build()), _stats, _time);
    }

    public void Dispose()
    {
        _memory.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void TryGetValue_TimeIsOver_GivesNothingAndCountsIt()
    {
        Put(Entries.Key("a"), seconds: 60);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_memory.TryGetValue(Entries.Key("a"), out _));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(_memory.TryGetValue(Entries.Key("a"), out _));
        Assert.Equal((0, 0L), (_memory.Count, _memory.Bytes));
        Assert.Equal(1, _stats.Of("flux", "m").Expirations);
    }

    [Fact]
    public void Sweep_NobodyAsks_ExpiredEntriesLeave()
    {
        Put(Entries.Key("a"), seconds: 60);
        Put(Entries.Key("b"), seconds: 120);
        _time.Advance(TimeSpan.FromSeconds(90));

        _memory.Sweep();

        Assert.Equal([Entries.Key("b")], _memory.Keys);
    }

    [Theory]
    [InlineData(EvictionStrategy.Lfu)]
    [InlineData(EvictionStrategy.Ttl)]
    public void Changed_OtherStrategy_KeepsTheEntries(object strategy)
    {
        Put(Entries.Key("a"), seconds: 60);
        Put(Entries.Key("b"), seconds: 60);

        _options.Change(new CacheOptions { Strategy = (EvictionStrategy)strategy });

        Assert.Equal([Entries.Key("a"), Entries.Key("b")], _memory.Keys.Order());
        Assert.Equal(2, _stats.Of("flux", "m").Entries);
        Put(Entries.Key("c"), seconds: 60);
        Assert.True(_memory.TryGetValue(Entries.Key("c"), out _));
    }

    [Fact]
    public void CreateEntry_IsNotDisposedOf_IsNotKept()
    {
        var entry = _memory.CreateEntry(Entries.Key("a"));
        entry.Value = new object();
        Assert.Equal(0, _memory.Count);

        entry.Dispose();
        entry.Dispose();

        Assert.Equal(1, _memory.Count);
    }

    [Theory]
    [InlineData("flux", "m")]
    [InlineData("fal", "fal-ai/flux:pro")]
    [InlineData("auto", "fast")]
    public void Set_AnyModel_CountsInTheNumbersOfWhatTheKeyAsksFor(string provider, string model)
    {
        Put(Entries.Key("a", provider, model), seconds: 60);

        Assert.Equal((1, _memory.Bytes), (_stats.Of(provider, model).Entries, _stats.Of(provider, model).Bytes));
        _memory.Remove(Entries.Key("a", provider, model));
        Assert.Equal((0, 0L), (_stats.Of(provider, model).Entries, _memory.Bytes));
    }

    [Theory]
    [InlineData(EvictionStrategy.Lru)]
    [InlineData(EvictionStrategy.Lfu)]
    [InlineData(EvictionStrategy.Ttl)]
    public void Set_TheNewResultIsTooLarge_TheOldOneAnswersNoLonger(object strategy)
    {
        _options.Change(new CacheOptions { Strategy = (EvictionStrategy)strategy, MaxBytes = 1_000_000 });
        Put(Entries.Key("a"), seconds: 60);

        Put(Entries.Key("a"), seconds: 60, bytes: 1_000_000);

        Assert.False(_memory.TryGetValue(Entries.Key("a"), out _));
        Assert.Equal((0, 0L), (_memory.Count, _memory.Bytes));
    }

    private void Put(string key, int seconds, long bytes = 100) => _memory.Set(
        key, new object(), new MemoryCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromSeconds(seconds), Size = bytes });
}
