using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Keys;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Cache.Redis;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Cache;

/// <summary>
/// Finished results by the request they answer. Memory first, then the Redis that replicas share; both behind <see cref="HybridEntries"/>. An
/// entry whose media are gone is none.
/// </summary>
internal sealed class MediaCache(
    HybridEntries entries, CacheSettings settings, CacheStats stats, MediaStore media, ISharedLevel shared, TimeProvider time)
{
    private const long FilesAreLookedForEveryMs = 5000;

    /// <summary>What a request needs to be answered from the cache, or to leave its result there.</summary>
    /// <returns>Null when it is not cached: it is switched off for its model, or its result is meant to differ each time.</returns>
    public CachePlan? PlanOf(GenerationRequest request, Dialect dialect, string client, GenerationParameters defaults, Func<string, string?> hashOfStored) =>
        request.Parameters.Seed == -1
        || (request.Parameters.Seed is null && (request.Parameters.N > 1 || !settings.CachesUnseeded(dialect, client, request.Provider, request.Model)))
        || settings.TtlOf(request.Provider, request.Model) is not { } ttl
            ? null
            : new CachePlan(CacheKeys.Of(settings.ScopeOf(client), request, defaults, hashOfStored), request.Provider, request.Model, ttl);

    /// <summary>The entry with this key.</summary>
    /// <returns>Null when there is none that could answer now.</returns>
    public async ValueTask<CacheEntry?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var before = shared.Applied;
        if (await entries.FindAsync(key) is not { } packed)
        {
            return null;
        }

        if (OpenOrNull(packed, key) is { } entry && (packed.Accepted || IsTrue(entry, before)) && await HasMediaAsync(entry, cancellationToken))
        {
            packed.Accepted = true;
            return entry;
        }

        entries.Forget(key);
        return null;
    }

    /// <summary>Whether memory has an entry with this key: what a job on this node has left since the last look.</summary>
    public bool IsInMemory(string key) => entries.IsInMemory(key);

    /// <summary>Keeps the result of a generation that has just succeeded.</summary>
    /// <param name="entry">The result.</param>
    /// <param name="replaces">True when the caller did not want what was there, so that the other replicas must be notified.</param>
    public async ValueTask KeepAsync(CacheEntry entry, bool replaces)
    {
        if (settings.TtlOf(entry.AskedProvider, entry.AskedModel) is null)
        {
            return;
        }

        var share = shared.CanShare(entry);
        if (share)
        {
            // Nobody waits for other replicas; an entry that comes before its files is a miss there.
            _ = shared.ShareMediaAsync(entry, CancellationToken.None);
        }

        await entries.KeepAsync(entry, share);
        if (replaces)
        {
            await shared.PublishReplacedAsync(entry);
        }
    }

    /// <summary>The stored files of a generation, to be kept at least as long as the cache may hand them out, and then as long as any other.</summary>
    public static IReadOnlyList<StoredMedia> Extend(IReadOnlyList<StoredMedia> finished, CachePlan? cachePlan) => cachePlan is null || finished.Count == 0
        ? finished
        : [.. finished.Select(m => m with { ExpiresAt = m.ExpiresAt + cachePlan.Ttl })];

    /// <summary>Removes entries, here and at every replica.</summary>
    public async Task<InvalidationOutcome> InvalidateAsync(Invalidation what)
    {
        var removed = new HashSet<string>(await entries.ForgetAsync(what), StringComparer.Ordinal);
        var reachedAll = await shared.InvalidateAsync(what, removed);
        if (what.DryRun != true)
        {
            // What was read from the Redis before it was removed there has come back to memory since. A read that is still under way finds the invalidation.
            removed.UnionWith(await entries.ForgetAsync(what));
        }

        return new InvalidationOutcome(removed.Count, reachedAll);
    }

    /// <summary>The numbers of what a plan asks for.</summary>
    public ModelStats StatsOf(CachePlan cachePlan) => stats.Of(cachePlan.Provider, cachePlan.Model);

    /// <returns>Null when the bytes are no entry: another program has written them.</returns>
    private static CacheEntry? OpenOrNull(PackedEntry packed, string key)
    {
        try
        {
            return packed.Open(key);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether an entry that has just come here may answer.</summary>
    private bool IsTrue(CacheEntry entry, long before) => entry.ExpiresAt > time.GetUtcNow() && !shared.WasInvalidatedSince(before, entry);

    /// <summary>Files do not vanish by themselves before the entry does, so they are looked for now and then only.</summary>
    private async ValueTask<bool> HasMediaAsync(CacheEntry entry, CancellationToken cancellationToken)
    {
        var now = Environment.TickCount64;
        if (now - Volatile.Read(ref entry.Local.FilesSeenAt) < FilesAreLookedForEveryMs)
        {
            return true;
        }

        foreach (var item in entry.Result.Media)
        {
            if (!await media.IsWholeAsync(item.Id, item.Bytes, item.Sha256, cancellationToken) && !await shared.FetchMediaAsync(entry, item, cancellationToken))
            {
                return false;
            }
        }

        Volatile.Write(ref entry.Local.FilesSeenAt, now);
        return true;
    }
}
