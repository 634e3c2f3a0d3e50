using System.Diagnostics;
using Framegate.Proxy.Cache.Redis;
using Framegate.Proxy.Common.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace Framegate.Proxy.Tests.Cache;

public sealed class RedisLevelTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RedisLink _link = new("127.0.0.1:1", "test:", TimeProvider.System, NullLogger<RedisLink>.Instance);
    private readonly RedisLevel _level;

    public RedisLevelTests() => _level = new RedisLevel(_link, _time);

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    [Fact]
    public async Task Get_RedisIsAway_FailsAtOnceAndIsThenLeftAloneForASecond()
    {
        var watch = Stopwatch.StartNew();
        await Assert.ThrowsAsync<RedisConnectionException>(() => _level.GetAsync("a"));
        await Assert.ThrowsAsync<RedisConnectionException>(() => _level.SetAsync("a", [1], new DistributedCacheEntryOptions()));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => _level.GetAsync("a"));
        _time.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<RedisConnectionException>(() => _level.GetAsync("a"));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), watch.Elapsed.ToString());
    }

    [Theory]
    [InlineData("__MSFT_HCT__*")]
    [InlineData("__MSFT_HCT__tag")]
    public async Task Get_TagOfTheHybridCache_IsNotThereEvenBeforeTheConnectionIs(string key) => Assert.Null(await _level.GetAsync(key));
}
