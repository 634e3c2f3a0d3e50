using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>What the cache did, by provider and model. Only configured ones get here, so the set is closed.</summary>
internal sealed class CacheStats
{
    private readonly ConcurrentDictionary<(string Provider, string Model), ModelStats> _models = new();

    public CacheStats(IMeterFactory factory)
    {
        var meter = factory.Create(FramegateMetrics.MeterName);
        Count("framegate.cache.hits", "Requests that the cache answered.", m => m.Hits);
        Count("framegate.cache.misses", "Requests that the cache had nothing for.", m => m.Misses);
        Count("framegate.cache.joins", "Requests that joined the job of an identical one.", m => m.Joins);
        Count("framegate.cache.evictions", "Entries that had to make room.", m => m.Evictions);
        Count("framegate.cache.expirations", "Entries whose time was over.", m => m.Expirations);
        meter.CreateObservableCounter("framegate.cache.saved.usd", () => Measure(m => (double)m.Saved), description: "What hits and joins would have cost, USD.");
        meter.CreateObservableGauge("framegate.cache.entries", () => Measure(m => m.Entries), description: "Entries in memory.");
        meter.CreateObservableGauge("framegate.cache.size", () => Measure(m => m.Bytes), "By", "Memory that entries take, about.");

        void Count(string name, string description, Func<ModelStats, long> read) =>
            meter.CreateObservableCounter(name, () => Measure(read), description: description);
    }

    /// <summary>Every model that the cache has been asked for.</summary>
    public IReadOnlyList<ModelStats> All => [.. _models.Values.OrderBy(m => m.Provider, StringComparer.Ordinal).ThenBy(m => m.Model, StringComparer.Ordinal)];

    /// <summary>The numbers of one model or alias.</summary>
    public ModelStats Of(string provider, string model) =>
        _models.TryGetValue((provider, model), out var known) ? known : _models.GetOrAdd((provider, model), static k => new ModelStats(k.Provider, k.Model));

    private IEnumerable<Measurement<T>> Measure<T>(Func<ModelStats, T> read)
        where T : struct => _models.Values.Select(m => new Measurement<T>(
            read(m), new KeyValuePair<string, object?>("provider", m.Provider), new KeyValuePair<string, object?>("model", m.Model)));
}
