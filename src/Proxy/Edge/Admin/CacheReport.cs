using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>What <c>GET /admin/cache</c> answers.</summary>
/// <param name="Enabled">Whether requests are answered from it, models that differ aside.</param>
/// <param name="Strategy">What is evicted when memory is full.</param>
/// <param name="MaxEntries">Entries at most.</param>
/// <param name="MaxBytes">Bytes at most.</param>
/// <param name="TtlSeconds">How long an entry answers, models that differ aside.</param>
/// <param name="Total">All together, since the start.</param>
/// <param name="Models">By what was asked for; the provider of an alias is <c>auto</c>.</param>
internal sealed record CacheReport(
    bool Enabled, string Strategy, int MaxEntries, long MaxBytes, double TtlSeconds, CacheNumbers Total, IReadOnlyList<CacheNumbers> Models)
{
    /// <summary>The report now.</summary>
    public static CacheReport Of(CacheOptions options, MemoryLevel memory, CacheStats stats)
    {
        var models = stats.All.Select(CacheNumbers.Of).ToList();
        var (hits, misses) = (models.Sum(m => m.Hits), models.Sum(m => m.Misses));
        return new CacheReport(
            options.Enabled, options.Strategy.ToString().ToUpperInvariant(), options.MaxEntries, options.MaxBytes, options.Ttl.Value.TotalSeconds,
            new CacheNumbers(
                null, null, hits, misses, CacheNumbers.Rate(hits, misses), models.Sum(m => m.Joins), models.Sum(m => m.Evictions),
                models.Sum(m => m.Expirations), memory.Count, memory.Bytes, models.Sum(m => m.SavedUsd)),
            models);
    }
}

/// <summary>Numbers since the start, of one model or of all.</summary>
/// <param name="Provider">The provider that was asked for; null for all.</param>
/// <param name="Model">The model or alias that was asked for; null for all.</param>
/// <param name="Hits">Requests answered from the cache.</param>
/// <param name="Misses">Requests that it had nothing for.</param>
/// <param name="HitRate">Hits of both, 0 to 1; 0 when there were none.</param>
/// <param name="Joins">Requests that joined the job of an identical one.</param>
/// <param name="Evictions">Entries that had to make room.</param>
/// <param name="Expirations">Entries whose time was over.</param>
/// <param name="Entries">Entries in memory now.</param>
/// <param name="Bytes">What they take, about.</param>
/// <param name="SavedUsd">What hits and joins would have cost.</param>
internal sealed record CacheNumbers(
    string? Provider, string? Model, long Hits, long Misses, double HitRate, long Joins, long Evictions, long Expirations, long Entries, long Bytes,
    decimal SavedUsd)
{
    /// <summary>The numbers of one model.</summary>
    public static CacheNumbers Of(ModelStats m) => new(
        m.Provider, m.Model, m.Hits, m.Misses, Rate(m.Hits, m.Misses), m.Joins, m.Evictions, m.Expirations, m.Entries, m.Bytes, m.Saved);

    /// <summary>Hits of both.</summary>
    public static double Rate(long hits, long misses) => hits + misses == 0 ? 0 : Math.Round((double)hits / (hits + misses), 4);
}
