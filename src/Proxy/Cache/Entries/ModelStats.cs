using Microsoft.Extensions.Caching.Memory;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>What the cache did for one provider's model, or for one alias.</summary>
/// <param name="provider">The provider that is asked for: <c>auto</c> for an alias.</param>
/// <param name="model">The model or alias.</param>
internal sealed class ModelStats(string provider, string model)
{
    private const decimal MicrosPerDollar = 1_000_000;
    private long _hits;
    private long _misses;
    private long _joins;
    private long _evictions;
    private long _expirations;
    private long _entries;
    private long _bytes;
    private long _savedMicros;

    public string Provider => provider;

    public string Model => model;

    public long Hits => Volatile.Read(ref _hits);

    public long Misses => Volatile.Read(ref _misses);

    public long Joins => Volatile.Read(ref _joins);

    public long Evictions => Volatile.Read(ref _evictions);

    public long Expirations => Volatile.Read(ref _expirations);

    public long Entries => Volatile.Read(ref _entries);

    public long Bytes => Volatile.Read(ref _bytes);

    public decimal Saved => Volatile.Read(ref _savedMicros) / MicrosPerDollar;

    /// <summary>An entry answered.</summary>
    public void Hit(decimal? saved)
    {
        Interlocked.Increment(ref _hits);
        Save(saved);
    }

    /// <summary>There was no entry.</summary>
    public void Miss() => Interlocked.Increment(ref _misses);

    /// <summary>A request joined the job of another.</summary>
    public void Join() => Interlocked.Increment(ref _joins);

    /// <summary>A request that had joined got its result.</summary>
    public void Save(decimal? saved)
    {
        if (saved is { } dollars)
        {
            Interlocked.Add(ref _savedMicros, (long)(dollars * MicrosPerDollar));
        }
    }

    /// <summary>An entry came into memory.</summary>
    public void Added(long bytes)
    {
        Interlocked.Increment(ref _entries);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>An entry left memory.</summary>
    public void Gone(long bytes, EvictionReason why)
    {
        Interlocked.Decrement(ref _entries);
        Interlocked.Add(ref _bytes, -bytes);
        if (why == EvictionReason.Capacity)
        {
            Interlocked.Increment(ref _evictions);
        }
        else if (why == EvictionReason.Expired)
        {
            Interlocked.Increment(ref _expirations);
        }
    }
}
