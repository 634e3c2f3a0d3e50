using Microsoft.Extensions.Caching.Distributed;
using StackExchange.Redis;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>The second level of the hybrid cache: one string per entry, which Redis drops when it expires.</summary>
internal sealed class RedisLevel(RedisLink link) : IDistributedCache
{
    /// <summary>Begins the key of every entry.</summary>
    public const string Entries = "entry:";

    public byte[]? Get(string key) => link.Database.StringGet(KeyOf(key));

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default) => await link.Database.StringGetAsync(KeyOf(key)).WaitAsync(token);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => link.Database.StringSet(KeyOf(key), value, LifeOf(options));

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        link.Database.StringSetAsync(KeyOf(key), value, LifeOf(options)).WaitAsync(token);

    public void Remove(string key) => link.Database.KeyDelete(KeyOf(key));

    public Task RemoveAsync(string key, CancellationToken token = default) => link.Database.KeyDeleteAsync(KeyOf(key)).WaitAsync(token);

    // Entries have a fixed end.
    public void Refresh(string key)
    {
    }

    public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

    private static TimeSpan LifeOf(DistributedCacheEntryOptions options) =>
        options.AbsoluteExpirationRelativeToNow ?? TimeSpan.FromHours(1);

    private RedisKey KeyOf(string key) => link.Prefix + Entries + key;
}
