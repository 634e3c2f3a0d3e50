using System.Collections.Concurrent;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
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

    /// <summary>Checks a request against the limits of its model.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model as it is offered.</param>
    /// <param name="known">The model as the adapter knows it, which checks its own limits itself.</param>
    /// <param name="key">The key of native parameters that are meant for it.</param>
    /// <param name="issues">Takes what exceeds them.</param>
    public static void Check(GenerationRequest request, ModelInfo model, ModelInfo known, string key, MappingIssues issues)
    {
        var (p, limits) = (request.Parameters, model.Limits);
        AtMost(p.Width, limits.MaxWidth, "parameters.width", "pixels");
        AtMost(p.Height, limits.MaxHeight, "parameters.height", "pixels");
        AtMost(p.Duration, limits.MaxDuration, "parameters.duration", "seconds");
        AtMost(p.N, limits.MaxResults, "parameters.n", "results");
        if (p.Resolution is { } resolution
            && known.Limits.Resolutions.Contains(resolution, StringComparer.OrdinalIgnoreCase)
            && !limits.Resolutions.Contains(resolution, StringComparer.OrdinalIgnoreCase))
        {
            issues.Refuse("parameters.resolution", $"{model.Id} is not offered in it.", limits.Resolutions);
        }

        AtMost(request.Prompt.Length, limits.MaxPromptLength, "prompt", "characters");

        // What is said in the provider's own words is bound by the same limits; an adapter knows only its own.
        if (p.Native.TryGetValue(key, out var native))
        {
            AtMost(Number(native, "width"), limits.MaxWidth, $"parameters.{key}.width", "pixels");
            AtMost(Number(native, "height"), limits.MaxHeight, $"parameters.{key}.height", "pixels");
            AtMost(Number(native, "duration") ?? Number(native, "durationSeconds"), limits.MaxDuration, $"parameters.{key}.duration", "seconds");
            if (native.TryGetProperty("resolution", out var named) && named.ValueKind == JsonValueKind.String
                && known.Limits.Resolutions.Except(limits.Resolutions, StringComparer.OrdinalIgnoreCase).Any(named.ValueEquals))
            {
                issues.Refuse($"parameters.{key}.resolution", $"{model.Id} is not offered in it.", limits.Resolutions);
            }
        }

        void AtMost<T>(T? value, T? limit, string field, string unit)
            where T : struct, IComparable<T>
        {
            if (value is { } given && limit is { } most && given.CompareTo(most) > 0)
            {
                issues.Refuse(field, $"{model.Id} takes at most {most} {unit}.");
            }
        }
    }

    private static double? Number(JsonElement native, string name) =>
        native.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number : null;

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
