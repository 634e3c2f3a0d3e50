using System.Collections.Concurrent;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>The limits of all providers. There are as many as were ever asked for; one without a limit counts all the same, so that a limit that comes later knows what runs.</summary>
internal sealed class ProviderLimiters : IDisposable
{
    private readonly ModelCatalogue _catalogue;
    private readonly SharedLimits _shared;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, ProviderLimiter> _limiters = new(StringComparer.Ordinal);
    private readonly IDisposable _changes;

    public ProviderLimiters(ModelCatalogue catalogue, SharedLimits shared, TimeProvider time)
    {
        (_catalogue, _shared, _time) = (catalogue, shared, time);
        _changes = catalogue.OnChange(Reload);
    }

    /// <summary>The limit of a provider.</summary>
    public ProviderLimiter For(string provider) => _limiters.TryGetValue(provider, out var known)
        ? known
        : _limiters.GetOrAdd(provider, static (name, self) => new ProviderLimiter(self._catalogue.LimitsOf(name), self._time, self._shared, "provider:" + name), this);

    /// <summary>All that have been used.</summary>
    public IEnumerable<ProviderLimiter> All => _limiters.Values;

    public void Dispose() => _changes.Dispose();

    private void Reload()
    {
        foreach (var (provider, limiter) in _limiters)
        {
            limiter.Configure(_catalogue.LimitsOf(provider));
        }
    }
}
