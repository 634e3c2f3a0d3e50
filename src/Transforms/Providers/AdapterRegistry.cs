using System.Collections.Frozen;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Flux;
using Framegate.Transforms.Providers.Runway;
using Framegate.Transforms.Providers.Sora;
using Framegate.Transforms.Providers.Veo;

namespace Framegate.Transforms.Providers;

/// <summary>Every adapter of this process, by name. Built once at start; routing and the checker of <c>routes.json</c> ask the same table.</summary>
public sealed class AdapterRegistry
{
    private readonly FrozenDictionary<string, ProviderAdapter> _byName;

    /// <summary>Builds the table.</summary>
    /// <param name="adapters">Built-in adapters and those of plugins.</param>
    /// <exception cref="InvalidOperationException">Two adapters have the same name; names are compared without case.</exception>
    public AdapterRegistry(IEnumerable<ProviderAdapter> adapters)
    {
        All = [.. adapters];
        var byName = new Dictionary<string, ProviderAdapter>(StringComparer.OrdinalIgnoreCase);
        foreach (var adapter in All)
        {
            if (!byName.TryAdd(adapter.Name, adapter))
            {
                throw new InvalidOperationException(
                    $"Two adapters are named '{adapter.Name}': {byName[adapter.Name].GetType().FullName} and {adapter.GetType().FullName}.");
            }
        }

        _byName = byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All adapters, in the order they were given.</summary>
    public IReadOnlyList<ProviderAdapter> All { get; }

    /// <summary>The adapters that need no plugin.</summary>
    /// <returns>A new list.</returns>
    public static IReadOnlyList<ProviderAdapter> BuiltIn() => [new FluxAdapter(), new SoraAdapter(), new RunwayAdapter(), new VeoAdapter(), new VeoGeminiAdapter()];

    /// <summary>The adapter with this name.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <returns>The adapter, or null.</returns>
    public ProviderAdapter? Find(string name) => _byName.GetValueOrDefault(name);
}
