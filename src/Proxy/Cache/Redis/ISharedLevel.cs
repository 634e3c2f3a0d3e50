using Framegate.Proxy.Cache.Entries;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>What replicas share beside the entries themselves: their media, and which entries are no longer true.</summary>
internal interface ISharedLevel
{
    /// <summary>How many invalidations have been applied here so far.</summary>
    long Applied { get; }

    /// <summary>Whether an entry that was read from the shared level meanwhile is one of those that were invalidated.</summary>
    bool WasInvalidatedSince(long applied, CacheEntry entry);

    /// <summary>Whether an entry can be shared: its files may be too large for it.</summary>
    bool CanShare(CacheEntry entry);

    /// <summary>Hands the files of a new entry to the other replicas.</summary>
    Task ShareMediaAsync(CacheEntry entry, CancellationToken cancellationToken);

    /// <summary>Copies a file that another replica has handed over into the media store.</summary>
    /// <returns>False when it is not there.</returns>
    ValueTask<bool> FetchMediaAsync(CacheEntry entry, MediaItem item, CancellationToken cancellationToken);

    /// <summary>Publishes that an entry has replaced an older one.</summary>
    ValueTask PublishReplacedAsync(CacheEntry entry);

    /// <summary>Removes entries from the shared level, and from the memory of the others.</summary>
    /// <param name="what">Which.</param>
    /// <param name="removed">Takes the keys.</param>
    /// <returns>False when the shared level could not be reached; it is done once it can.</returns>
    ValueTask<bool> InvalidateAsync(Invalidation what, ISet<string> removed);
}
