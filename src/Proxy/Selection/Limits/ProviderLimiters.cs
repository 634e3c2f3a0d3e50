using System.Collections.Concurrent;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>The limits of all providers. There are as many as were ever configured.</summary>
internal sealed class ProviderLimiters : IDisposable
{
    private readonly ModelCatalogue _catalogue;
    private readonly SharedLimits _shared;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, ProviderLimiter?> _gates = new(StringComparer.Ordinal);
    private readonly IDisposable _reloads;

    public ProviderLimiters(ModelCatalogue catalogue, IConfiguration configuration, SharedLimits shared, TimeProvider time)
    {
        (_catalogue, _shared, _time) = (catalogue, shared, time);
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Reload);
    }

    /// <summary>The limit of a provider.</summary>
    /// <returns>Null when it has none.</returns>
    public ProviderLimiter? For(string provider) => _gates.TryGetValue(provider, out var known) ? known : _gates.GetOrAdd(provider, Create);

    /// <summary>All that have been used.</summary>
    public IEnumerable<ProviderLimiter> All => _gates.Values.OfType<ProviderLimiter>();

    public void Dispose() => _reloads.Dispose();

    private ProviderLimiter? Create(string provider)
    {
        var limits = _catalogue.LimitsOf(provider);
        return limits is { RequestsPerMinute: null, JobsAtOnce: null } ? null : new ProviderLimiter(limits, _time, _shared, "provider:" + provider);
    }

    private void Reload()
    {
        foreach (var (provider, limiter) in _gates)
        {
            if (limiter is null)
            {
                _gates.TryRemove(provider, out _);
            }
            else
            {
                limiter.Configure(_catalogue.LimitsOf(provider));
            }
        }
    }
}
