using Framegate.Proxy.Cache.Entries;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>What memory has for a key. The hybrid cache fills it in; it counts once it is disposed of, as the interface has it.</summary>
/// <param name="key">The key.</param>
/// <param name="stats">Whose numbers it counts in.</param>
/// <param name="time">The clock.</param>
/// <param name="commit">Takes the slot once it is filled in.</param>
internal sealed class CacheSlot(string key, ModelStats stats, TimeProvider time, Action<CacheSlot>? commit = null) : ICacheEntry
{
    private const int FixedBytes = 400;
    private Action<CacheSlot>? _commit = commit;
    private long? _payload;

    /// <summary>True when it has answered since this was last looked at.</summary>
    public volatile bool Used;

    /// <summary>The key.</summary>
    public string Key => key;

    /// <summary>Whose numbers it counts in.</summary>
    public ModelStats Stats => stats;

    /// <summary>The object that the hybrid cache has asked to keep.</summary>
    public object? Value { get; set; }

    /// <summary>When it answers no longer.</summary>
    public DateTimeOffset ExpiresAt { get; private set; } = DateTimeOffset.MaxValue;

    /// <summary>About how much memory it takes, bytes.</summary>
    public long Size => FixedBytes + (2L * key.Length) + (_payload ?? 0);

    object ICacheEntry.Key => key;

    long? ICacheEntry.Size { get => _payload; set => _payload = value; }

    public DateTimeOffset? AbsoluteExpiration { get => ExpiresAt; set => ExpiresAt = value ?? DateTimeOffset.MaxValue; }

    public TimeSpan? AbsoluteExpirationRelativeToNow { get => ExpiresAt - time.GetUtcNow(); set => AbsoluteExpiration = time.GetUtcNow() + value; }

    // The rest is not asked for: results have a fixed end, and the strategy alone decides which leaves first.
    public TimeSpan? SlidingExpiration { get; set; }

    public IList<IChangeToken> ExpirationTokens => [];

    public IList<PostEvictionCallbackRegistration> PostEvictionCallbacks => [];

    public CacheItemPriority Priority { get => CacheItemPriority.Normal; set { } }

    public void Dispose() => Interlocked.Exchange(ref _commit, null)?.Invoke(this);
}
