using Framegate.Proxy.Common.Redis;
using Microsoft.Extensions.Caching.Distributed;
using Polly;
using Polly.CircuitBreaker;
using StackExchange.Redis;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>
/// The second level of the hybrid cache: one string per entry, which Redis drops when it expires. A Redis that hangs is waited for briefly,
/// and one that fails is left alone for a while.
/// </summary>
internal sealed class RedisLevel(RedisLink link, TimeProvider time) : IDistributedCache
{
    /// <summary>Begins the key of every entry.</summary>
    public const string Entries = "cache:entry:";

    private const string Tags = "__MSFT_HCT__";
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions { FailureRatio = 0.5, MinimumThroughput = 2, SamplingDuration = s_rest, BreakDuration = s_rest })
        .AddTimeout(s_patience)
        .Build();

    public byte[]? Get(string key) => link.Database.StringGet(KeyOf(key));

    /// <summary>
    /// No tags are used, so they are not looked for: the hybrid cache asks once, before the connection can be up, and would hold what was
    /// there before the start for invalid from then on.
    /// </summary>
    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => key.StartsWith(Tags, StringComparison.Ordinal)
        ? Task.FromResult<byte[]?>(null)
        : _pipeline.ExecuteAsync(async t => (byte[]?)await RedisFailure.AsFailureAsync(link.Database.StringGetAsync(KeyOf(key))).WaitAsync(t), token).AsTask();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => link.Database.StringSet(KeyOf(key), value, LifeOf(options));

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        _pipeline.ExecuteAsync(async t => await RedisFailure.AsFailureAsync(link.Database.StringSetAsync(KeyOf(key), value, LifeOf(options))).WaitAsync(t), token).AsTask();

    public void Remove(string key) => link.Database.KeyDelete(KeyOf(key));

    public Task RemoveAsync(string key, CancellationToken token = default) =>
        _pipeline.ExecuteAsync(async t => await RedisFailure.AsFailureAsync(link.Database.KeyDeleteAsync(KeyOf(key))).WaitAsync(t), token).AsTask();

    // Entries have a fixed end.
    public void Refresh(string key)
    {
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    private static TimeSpan LifeOf(DistributedCacheEntryOptions options) =>
        options.AbsoluteExpirationRelativeToNow ?? TimeSpan.FromHours(1);

    private RedisKey KeyOf(string key) => link.Prefix + Entries + key;
}
