using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Catalogue;

/// <summary>
/// The models that are offered: what the adapters know, with <c>Framegate:Catalogue</c> of the configuration laid over it. Models, prices and
/// retirement dates are data, since providers change them more often than anyone rebuilds a gateway.
/// </summary>
internal sealed class ModelCatalogue(ProviderTable providers, IOptionsMonitor<CatalogueOptions> catalogue, IOptionsMonitor<LimitsOptions> limits)
{
    private volatile Snapshot _snapshot = new(catalogue.CurrentValue, limits.CurrentValue);

    /// <summary>Calls back when models or limits have changed, once the new ones are in force: whoever follows the configuration itself may come before that, and see the old ones.</summary>
    /// <returns>What ends it.</returns>
    public IDisposable OnChange(Action changed) => new Changes(catalogue.OnChange(_ => changed()), limits.OnChange(_ => changed()));

    /// <summary><c>Framegate:Catalogue:PROVIDER:MODEL</c>.</summary>
    public const string Section = "Framegate:Catalogue";

    /// <summary><c>Framegate:Limits:PROVIDER</c>.</summary>
    public const string LimitsSection = "Framegate:Limits";

    /// <summary>The models of a provider that are offered.</summary>
    public IEnumerable<ModelInfo> ModelsOf(string provider)
    {
        foreach (var model in providers.Find(provider)?.Models ?? [])
        {
            if (Offer(provider, model) is { } offered)
            {
                yield return offered;
            }
        }
    }

    /// <summary>One model as it is offered.</summary>
    /// <returns>Null when the provider does not have it, or the configuration takes it out.</returns>
    public ModelInfo? Find(string provider, string model) =>
        providers.Find(provider)?.FindModel(model) is { } known ? Offer(provider, known) : null;

    /// <summary>How much of a provider may be used.</summary>
    public ProviderLimits LimitsOf(string provider) => Current().Limits.GetValueOrDefault(provider) ?? new();

    private ModelInfo? Offer(string provider, ModelInfo model)
    {
        var known = Current();
        return known.Offered.GetOrAdd((provider, model.Id), static (key, state) => state.Known.Over(key.Provider, state.Model), (Known: known, Model: model));
    }

    /// <summary>What was computed for the configuration that is in force; nothing of it outlives that.</summary>
    private Snapshot Current()
    {
        var known = _snapshot;
        return ReferenceEquals(known.Catalogue, catalogue.CurrentValue) && ReferenceEquals(known.Limits, limits.CurrentValue)
            ? known
            : _snapshot = new Snapshot(catalogue.CurrentValue, limits.CurrentValue);
    }

    private sealed class Changes(IDisposable? models, IDisposable? limits) : IDisposable
    {
        public void Dispose()
        {
            models?.Dispose();
            limits?.Dispose();
        }
    }

    private sealed record Snapshot(CatalogueOptions Catalogue, LimitsOptions Limits)
    {
        public ConcurrentDictionary<(string Provider, string Model), ModelInfo?> Offered { get; } = new();

        public ModelInfo? Over(string provider, ModelInfo model)
        {
            var entry = Catalogue.GetValueOrDefault(provider)?.FirstOrDefault(m => m.Key.Equals(model.Id, StringComparison.OrdinalIgnoreCase)).Value;
            if (entry is { Enabled: false })
            {
                return null;
            }

            var offered = entry?.Over(model) ?? model;
            return Limits.GetValueOrDefault(provider) is { } narrower ? offered with { Limits = narrower.Over(offered.Limits) } : offered;
        }
    }
}
