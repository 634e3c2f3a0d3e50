using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Microsoft.Extensions.Caching.Hybrid;

namespace Framegate.Proxy.Cache;

/// <summary>
/// The hybrid cache of a node that shares with nobody: memory is all there is, so an entry is put there and found there without more ado.
/// Where replicas share a Redis, FusionCache takes its place.
/// </summary>
internal sealed class LocalHybridCache(MemoryLevel memory) : HybridCache
{
    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        if (memory.Find(key) is T found)
        {
            return found;
        }

        if (options?.Flags?.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData) == true)
        {
            return default!;
        }

        var made = await factory(state, cancellationToken);
        await SetAsync(key, made, options, tags, cancellationToken);
        return made;
    }

    /// <exception cref="ArgumentException">The value is no entry.</exception>
    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        memory.Keep(value as CacheEntry ?? throw new ArgumentException("Only results are kept here.", nameof(value)));
        return ValueTask.CompletedTask;
    }

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        memory.Remove(key);
        return ValueTask.CompletedTask;
    }

    /// <exception cref="NotSupportedException">Entries have no tags; they are invalidated by what they are about.</exception>
    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Entries have no tags.");
}
