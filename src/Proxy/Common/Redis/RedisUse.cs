namespace Framegate.Proxy.Common.Redis;

/// <summary>What replicas use their Redis for. Each fails by itself: one that takes no writes can still be read.</summary>
internal enum RedisUse
{
    /// <summary>The counts of limits.</summary>
    Limits,

    /// <summary>The invalidations of the cache.</summary>
    Invalidations,
}
