using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>What the hybrid cache fills in; it counts once it is disposed of, as the interface has it.</summary>
internal sealed class PendingEntry(object key, Action<PendingEntry> commit) : ICacheEntry
{
    private bool _committed;

    public object Key => key;

    public object? Value { get; set; }

    public DateTimeOffset? AbsoluteExpiration { get; set; }

    public TimeSpan? AbsoluteExpirationRelativeToNow { get; set; }

    public TimeSpan? SlidingExpiration { get; set; }

    public IList<IChangeToken> ExpirationTokens { get; } = [];

    public IList<PostEvictionCallbackRegistration> PostEvictionCallbacks { get; } = [];

    public CacheItemPriority Priority { get; set; }

    public long? Size { get; set; }

    public void Dispose()
    {
        if (!_committed)
        {
            _committed = true;
            commit(this);
        }
    }
}
