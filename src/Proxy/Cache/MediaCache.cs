using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Keys;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Cache.Redis;
using Framegate.Proxy.Media;
using Microsoft.Extensions.Caching.Hybrid;

namespace Framegate.Proxy.Cache;

/// <summary>
/// Finished results by the request they answer. Memory first, then the Redis that replicas share; both behind <see cref="HybridCache"/>. An
/// entry whose media are gone is none.
/// </summary>
internal sealed class MediaCache(
    HybridCache hybrid, MemoryLevel memory, CacheSettings policy, CacheStats stats, MediaStore media, ISharedLevel shared, TimeProvider time)
{
    private const long FilesAreLookedForEveryMs = 5000;
    private static readonly HybridCacheEntryOptions s_look = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>What a request needs to be answered from the cache, or to leave its result there.</summary>
    /// <returns>Null when it is not cached: it is switched off for its model, or its result is meant to differ each time.</returns>
    public CachePlan? PlanOf(GenerationRequest request, string client, GenerationParameters defaults, Func<string, string?> hashOfStored) =>
        request.Parameters.Seed == -1 || (request.Parameters is { N: > 1, Seed: null }) || policy.TtlOf(request.Provider, request.Model) is not { } ttl
            ? null
            : new CachePlan(CacheKeys.Of(policy.ScopeOf(client), request, defaults, hashOfStored), request.Provider, request.Model, ttl);

    /// <summary>The entry with this key.</summary>
    /// <returns>Null when there is none that could answer now.</returns>
    public ValueTask<CacheEntry?> FindAsync(string key, CancellationToken cancellationToken)
    {
        // Nearly always nothing of what the hybrid cache does beside is needed, so its look-up is spared.
        var entry = memory.Find(key);
        return entry is { Local: { Accepted: true } local } && Environment.TickCount64 - Volatile.Read(ref local.FilesSeenAt) < FilesAreLookedForEveryMs
            || (entry is null && !shared.HasEntries)
            ? new ValueTask<CacheEntry?>(entry)
            : LookAsync(key, cancellationToken);
    }

    private async ValueTask<CacheEntry?> LookAsync(string key, CancellationToken cancellationToken)
    {
        var before = shared.Applied;
        var entry = await hybrid.GetOrCreateAsync<CacheEntry?>(key, static _ => default, s_look, cancellationToken: cancellationToken);
        if (entry is not { Local.Accepted: true })
        {
            memory.Withdraw(key);
        }

        if (entry is null)
        {
            return null;
        }

        if (entry.ExpiresAt <= time.GetUtcNow() || (!entry.Local.Accepted && shared.WasInvalidatedSince(before, entry))
            || !await HasMediaAsync(entry, cancellationToken))
        {
            memory.Remove(key);
            return null;
        }

        entry.Local.Accepted = true;
        return entry;
    }

    /// <summary>Whether memory has an entry with this key: what a job on this node has left since the last look.</summary>
    public bool IsInMemory(string key) => memory.Find(key) is not null;

    /// <summary>Keeps the result of a generation that has just succeeded.</summary>
    /// <param name="entry">The result.</param>
    /// <param name="replaces">True when the caller did not want what was there, so that the others must hear of the new one.</param>
    /// <param name="cancellationToken">Stops waiting for the shared level.</param>
    public ValueTask KeepAsync(CacheEntry entry, bool replaces, CancellationToken cancellationToken)
    {
        if (policy.TtlOf(entry.AskedProvider, entry.AskedModel) is null)
        {
            return ValueTask.CompletedTask;
        }

        entry.Local.Accepted = true;
        return shared.HasEntries ? ShareAsync(entry, replaces, cancellationToken) : hybrid.SetAsync(entry.Key, entry, cancellationToken: cancellationToken);
    }

    private async ValueTask ShareAsync(CacheEntry entry, bool replaces, CancellationToken cancellationToken)
    {
        var share = shared.CanShare(entry);
        if (share)
        {
            // Nobody waits for other replicas; an entry that comes before its files is a miss there.
            _ = shared.ShareMediaAsync(entry, CancellationToken.None);
        }

        memory.Announce(entry);
        await hybrid.SetAsync(
            entry.Key,
            entry,
            new HybridCacheEntryOptions { Expiration = entry.ExpiresAt - entry.StoredAt, Flags = share ? HybridCacheEntryFlags.None : HybridCacheEntryFlags.DisableDistributedCache },
            cancellationToken: cancellationToken);
        memory.Withdraw(entry.Key);
        if (replaces)
        {
            await shared.TellReplacedAsync(entry);
        }
    }

    /// <summary>The stored files of a generation, to be kept at least as long as the cache may hand them out, and then as long as any other.</summary>
    public static IReadOnlyList<StoredMedia> Extend(IReadOnlyList<StoredMedia> finished, CachePlan? cachePlan) => cachePlan is null || finished.Count == 0
        ? finished
        : [.. finished.Select(m => m with { ExpiresAt = m.ExpiresAt + cachePlan.Ttl })];

    /// <summary>Removes entries, here and at every replica.</summary>
    public async Task<InvalidationOutcome> InvalidateAsync(Invalidation what)
    {
        var removed = new HashSet<string>(memory.RemoveWhere(held => what.Matches(held.Name)), StringComparer.Ordinal);
        var reachedAll = await shared.InvalidateAsync(what, removed);
        return new InvalidationOutcome(removed.Count, reachedAll);
    }

    /// <summary>The numbers of what a ticket asks for.</summary>
    public ModelStats StatsOf(CachePlan cachePlan) => stats.Of(cachePlan.Provider, cachePlan.Model);

    /// <summary>Files do not vanish by themselves before the entry does, so they are looked for now and then only.</summary>
    private async ValueTask<bool> HasMediaAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        var now = Environment.TickCount64;
        foreach (var item in entry.Result.Media)
        {
            if (!File.Exists(media.PathOf(item.Id)) && !await shared.FetchMediaAsync(entry, item, cancellationToken))
            {
                return false;
            }
        }

        Volatile.Write(ref entry.Local.FilesSeenAt, now);
        return true;
    }
}
