namespace Framegate.Proxy.Cache.Entries;

/// <summary>What is evicted when memory is full.</summary>
internal enum EvictionStrategy
{
    /// <summary>What has not been asked for in the longest time.</summary>
    Lru,

    /// <summary>What is asked for the least often.</summary>
    Lfu,

    /// <summary>Nothing before it expires; only when the bytes do not suffice, what expires first.</summary>
    Ttl,
}
