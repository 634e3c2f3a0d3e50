using System.Collections.Frozen;

namespace Framegate.Proxy.Selection.Strategies;

/// <summary>The strategies by name.</summary>
internal sealed class StrategyTable(IEnumerable<IRoutingStrategy> strategies)
{
    private readonly FrozenDictionary<string, IRoutingStrategy> _byName = strategies.ToFrozenDictionary(s => s.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The strategy with this name, in any case; Priority when there is none, since a stored generation may name one of another version.</summary>
    public IRoutingStrategy Find(string? name) =>
        name is not null && _byName.TryGetValue(name, out var strategy) ? strategy : _byName[RoutingStrategies.Priority];
}
