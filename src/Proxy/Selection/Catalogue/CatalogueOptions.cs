using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Catalogue;

/// <summary><c>Framegate:Catalogue</c>: what is known about models, by provider and model.</summary>
internal sealed class CatalogueOptions() : Dictionary<string, Dictionary<string, CatalogueEntry>>(StringComparer.OrdinalIgnoreCase);

/// <summary><c>Framegate:Limits</c>, by provider.</summary>
internal sealed class LimitsOptions() : Dictionary<string, ProviderLimits>(StringComparer.OrdinalIgnoreCase);

/// <summary>Prices are not negative, limits positive.</summary>
internal sealed class CatalogueOptionsRules : IValidateOptions<CatalogueOptions>
{
    public ValidateOptionsResult Validate(string? name, CatalogueOptions options)
    {
        var failures = new List<string>();
        foreach (var (provider, models) in options)
        {
            foreach (var (model, entry) in models)
            {
                var path = $"{ModelCatalogue.Section}:{provider}:{model}";
                LimitsOptionsRules.Check($"{path}:Limits", entry.Limits, failures);
                foreach (var (key, price) in Prices(entry.Price).Where(p => p.Usd < 0))
                {
                    failures.Add($"{path}:Price:{key}: It must be 0 or more; {price} is not.");
                }
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<(string Key, decimal? Usd)> Prices(CataloguePrice? price) => price is null ? [] :
    [
        (nameof(CataloguePrice.PerResult), price.PerResult),
        (nameof(CataloguePrice.PerSecond), price.PerSecond),
        .. (price.PerSecondBySize ?? []).Select(p => ($"{nameof(CataloguePrice.PerSecondBySize)}:{p.Key}", (decimal?)p.Value)),
    ];
}

/// <summary>Limits are positive.</summary>
internal sealed class LimitsOptionsRules : IValidateOptions<LimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitsOptions options)
    {
        var failures = new List<string>();
        foreach (var (provider, limits) in options)
        {
            var path = $"{ModelCatalogue.LimitsSection}:{provider}";
            Check(path, limits, failures);
            Positive(path, nameof(ProviderLimits.RequestsPerMinute), limits.RequestsPerMinute, failures);
            Positive(path, nameof(ProviderLimits.JobsAtOnce), limits.JobsAtOnce, failures);
            if (limits.MaxQueued < 0)
            {
                failures.Add($"{path}:{nameof(ProviderLimits.MaxQueued)}: It must be 0 or more.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Notes each limit that is not positive.</summary>
    internal static void Check(string path, CatalogueLimits? limits, List<string> failures)
    {
        Positive(path, nameof(CatalogueLimits.MaxWidth), limits?.MaxWidth, failures);
        Positive(path, nameof(CatalogueLimits.MaxHeight), limits?.MaxHeight, failures);
        Positive(path, nameof(CatalogueLimits.MaxDuration), limits?.MaxDuration, failures);
        Positive(path, nameof(CatalogueLimits.MaxExtendedDuration), limits?.MaxExtendedDuration, failures);
        Positive(path, nameof(CatalogueLimits.MaxPromptLength), limits?.MaxPromptLength, failures);
        Positive(path, nameof(CatalogueLimits.MaxResults), limits?.MaxResults, failures);
    }

    private static void Positive(string path, string key, double? value, List<string> failures)
    {
        if (value is <= 0)
        {
            failures.Add($"{path}:{key}: It must be more than 0.");
        }
    }
}

/// <summary>Models and limits belong to providers that are configured, and models to what their adapters know.</summary>
internal sealed class CatalogueRule : IConfigurationRule
{
    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var providers = candidate.Clusters.ToDictionary(
            c => c.ClusterId, c => candidate.Adapters.Find(c.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? c.ClusterId), StringComparer.OrdinalIgnoreCase);
        foreach (var section in new[] { ModelCatalogue.Section, ModelCatalogue.LimitsSection }.SelectMany(s => candidate.Configuration.GetSection(s).GetChildren()))
        {
            if (!providers.TryGetValue(section.Key, out var adapter))
            {
                candidate.Refuse(section.Path, $"There is no such provider; there are {string.Join(", ", providers.Keys.Order(StringComparer.Ordinal).Take(20))}.");
            }
            else if (adapter is not null && section.Path.StartsWith(ModelCatalogue.Section + ":", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var model in section.GetChildren().Where(m => adapter.FindModel(m.Key) is null))
                {
                    candidate.Refuse(model.Path, $"{section.Key} has no such model; GET /models lists what it has.");
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
