using System.Collections.Concurrent;
using System.Collections.Frozen;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Strategies;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>
/// The aliases of the configuration, and the names of models as aliases for the providers that have them. Computed once for each configuration.
/// </summary>
internal sealed class AliasTable : IDisposable
{
    private readonly ProviderTable _providers;
    private readonly ModelCatalogue _catalogue;
    private readonly StrategyTable _strategies;
    private readonly HealthRegistry _registry;
    private readonly ConfigVersion _version;
    private readonly IOptionsMonitor<ModelsOptions> _options;
    private readonly IDisposable _reloads;
    private readonly IDisposable? _changes;
    private readonly IDisposable _models;
    private readonly ConcurrentDictionary<Candidate, Target> _targets = new();
    private readonly ConcurrentDictionary<string, TargetGroup> _groups = new(StringComparer.Ordinal);
    private volatile Snapshot? _snapshot;
    private ModelsOptions _lastGood;

    public AliasTable(
        ProviderTable providers, ModelCatalogue catalogue, StrategyTable strategies, HealthRegistry registry, ConfigVersion version,
        IOptionsMonitor<ModelsOptions> options, IConfiguration configuration)
    {
        (_providers, _catalogue, _strategies, _registry, _version, _options) = (providers, catalogue, strategies, registry, version, options);
        _lastGood = options.CurrentValue;
        _reloads = ChangeToken.OnChange(configuration.GetReloadToken, Forget);
        _changes = options.OnChange(_ => Forget());
        _models = catalogue.OnChange(Forget);
    }

    /// <summary>Raised when the aliases may have changed, once the new ones are in force.</summary>
    public event Action? Changed;

    /// <summary>What a model's name leads to.</summary>
    /// <returns>Null when it is neither an alias nor a model of any provider.</returns>
    public AliasRoute? Find(string model) => Current().Routes.GetValueOrDefault(model);

    /// <summary>The aliases of the configuration.</summary>
    public IEnumerable<AliasRoute> Configured => Current().Routes.Values.Where(r => r.IsConfigured).OrderBy(r => r.Name, StringComparer.Ordinal);

    /// <summary>Every name that <see cref="Find"/> knows.</summary>
    public IReadOnlyList<string> Names => [.. Current().Routes.Keys.Order(StringComparer.Ordinal)];

    /// <summary>What an alias leads to that a stored generation was admitted with.</summary>
    public AliasRoute Restore(string alias, string? strategy, IReadOnlyList<Candidate> candidates) =>
        Find(alias) ?? new AliasRoute(alias, _strategies.Find(strategy), candidates, false) { Group = GroupOf(alias) };

    /// <summary>A candidate as a target. There are as many as were ever configured.</summary>
    public Target TargetOf(Candidate candidate) =>
        _targets.TryGetValue(candidate, out var known) ? known : _targets.GetOrAdd(candidate, static (c, registry) =>
        {
            var provider = registry.ForProvider(c.Provider);
            return new Target(c.Priority, c.Weight, provider.Load, registry.LatencyOf(c.Provider, c.Model), provider.Score);
        }, _registry);

    public void Dispose()
    {
        _reloads.Dispose();
        _changes?.Dispose();
        _models.Dispose();
    }

    private void Forget()
    {
        _snapshot = null;
        Changed?.Invoke();
    }

    private Snapshot Current()
    {
        var version = _version.Number;
        return _snapshot is { } known && known.Version == version ? known : _snapshot = Build(version);
    }

    private Snapshot Build(int version)
    {
        var byModel = new Dictionary<string, List<Candidate>>(StringComparer.Ordinal);
        foreach (var provider in _providers.Names)
        {
            foreach (var model in _catalogue.ModelsOf(provider))
            {
                if (!byModel.TryGetValue(model.Id, out var candidates))
                {
                    byModel[model.Id] = candidates = [];
                }

                candidates.Add(new Candidate(provider, model.Id, candidates.Count, 1));
            }
        }

        var priority = _strategies.Find(RoutingStrategies.Priority);
        var routes = byModel.ToDictionary(m => m.Key, m => new AliasRoute(m.Key, priority, m.Value, false) { Group = GroupOf(m.Key) }, StringComparer.Ordinal);
        foreach (var (name, alias) in Aliases())
        {
            var there = alias.Candidates.FindAll(c => !c.Optional || _catalogue.Find(c.Provider, c.Model) is not null);
            if (there.Count == 0)
            {
                continue;
            }

            routes[name] = new AliasRoute(
                name,
                _strategies.Find(alias.Strategy),
                [.. there.Select(c => new Candidate(c.Provider, c.Model, c.Priority, c.Weight))],
                true) { Group = GroupOf(name), DeniedPhrases = alias.DeniedPhrases, MaxPromptLength = alias.MaxPromptLength };
        }

        return new Snapshot(version, routes.ToFrozenDictionary(
            r => r.Key, r => r.Value with { Targets = new Dictionary<Candidate, Target>(r.Value.Candidates.Select(c => KeyValuePair.Create(c, TargetOf(c))), ReferenceEqualityComparer.Instance) }, StringComparer.Ordinal));
    }

    /// <summary>One for each name that was ever configured.</summary>
    private TargetGroup GroupOf(string alias) => _groups.GetOrAdd(alias, static _ => new TargetGroup());

    private ModelsOptions Aliases()
    {
        try
        {
            return _lastGood = _options.CurrentValue;
        }
        catch (OptionsValidationException)
        {
            // A file that was spoiled while the program runs: requests go on with what was good.
            return _lastGood;
        }
    }

    private sealed record Snapshot(int Version, FrozenDictionary<string, AliasRoute> Routes);
}
