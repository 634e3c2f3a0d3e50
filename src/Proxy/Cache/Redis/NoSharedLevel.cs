using Framegate.Proxy.Cache.Entries;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Cache.Redis;

/// <summary>One node: nothing is shared, and an invalidation reaches everyone there is.</summary>
internal sealed class NoSharedLevel : ISharedLevel
{
    public long Applied => 0;

    public bool WasInvalidatedSince(long applied, CacheEntry entry) => false;

    public bool CanShare(CacheEntry entry) => false;

    public Task ShareMediaAsync(CacheEntry entry, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask<bool> FetchMediaAsync(CacheEntry entry, MediaItem item, CancellationToken cancellationToken) => new(false);

    public ValueTask PublishReplacedAsync(CacheEntry entry) => ValueTask.CompletedTask;

    public ValueTask<bool> InvalidateAsync(Invalidation what, ISet<string> removed) => new(true);
}
