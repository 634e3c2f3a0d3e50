using System.Collections.Frozen;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Flux;
using Framegate.Transforms.Providers.Pika;
using Framegate.Transforms.Providers.Runway;
using Framegate.Transforms.Providers.Sora;
using Framegate.Transforms.Providers.Veo;

namespace Framegate.Transforms.Providers;

/// <summary>Every adapter of this process, by name. Those that are code stay; those that are data files come and go with the configuration.</summary>
public sealed class AdapterRegistry
{
    /// <summary>Files that have gone, or were changed, while jobs of theirs may still run.</summary>
    private const int MostFormer = 100;

    private readonly IReadOnlyList<ProviderAdapter> _code;
    private volatile IReadOnlyList<ProviderAdapter> _former = [];
    private volatile Table _table;

    /// <summary>Builds the table.</summary>
    /// <param name="adapters">Built-in adapters and those of plugins.</param>
    /// <exception cref="InvalidOperationException">Two adapters have the same name; names are compared without case.</exception>
    public AdapterRegistry(IEnumerable<ProviderAdapter> adapters)
    {
        _code = [.. adapters];
        _table = new Table(_code);
    }

    /// <summary>All adapters, in the order they were given.</summary>
    public IReadOnlyList<ProviderAdapter> All => _table.All;

    /// <summary>The same adapters with others in the place of those that are data files, as they would be after a change.</summary>
    /// <param name="declared">The adapters that are data files.</param>
    /// <returns>Another registry.</returns>
    /// <exception cref="InvalidOperationException">Two adapters have the same name.</exception>
    public AdapterRegistry With(IReadOnlyList<ProviderAdapter> declared)
    {
        var other = new AdapterRegistry(_code);
        other.Declare(declared);
        return other;
    }

    /// <summary>Puts others in the place of those that are data files.</summary>
    /// <param name="declared">The adapters that are data files.</param>
    /// <exception cref="InvalidOperationException">Two adapters have the same name.</exception>
    public void Declare(IReadOnlyList<ProviderAdapter> declared)
    {
        var before = _table;
        var next = new Table([.. _code, .. declared]);
        _former = [.. before.All.Except(next.All).Concat(_former).Take(MostFormer)];
        _table = next;
    }

    /// <summary>The adapter that follows a job: the one of that name, or an earlier one of it where the file has changed, or gone, since the job began.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="model">The id of the model that runs it.</param>
    /// <param name="job">The job; null when none is known yet.</param>
    /// <returns>The adapter, or null.</returns>
    public ProviderAdapter? FindForJob(string name, string model, JobHandle? job)
    {
        var current = Find(name);
        return current?.CanFollow(model, job) == true ? current
            : _former.FirstOrDefault(a => string.Equals(a.Name, name, StringComparison.OrdinalIgnoreCase) && a.CanFollow(model, job)) ?? current;
    }

    /// <summary>The adapters that need no plugin.</summary>
    /// <returns>A new list.</returns>
    public static IReadOnlyList<ProviderAdapter> BuiltIn() => [new FluxAdapter(), new SoraAdapter(), new RunwayAdapter(), new VeoAdapter(), new VeoGeminiAdapter(), new PikaAdapter()];

    /// <summary>The adapter with this name.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <returns>The adapter, or null.</returns>
    public ProviderAdapter? Find(string name) => _table.ByName.GetValueOrDefault(name);

    private sealed class Table
    {
        public Table(IReadOnlyList<ProviderAdapter> adapters)
        {
            var byName = new Dictionary<string, ProviderAdapter>(StringComparer.OrdinalIgnoreCase);
            foreach (var adapter in adapters)
            {
                if (!byName.TryAdd(adapter.Name, adapter))
                {
                    throw new InvalidOperationException(
                        $"Two adapters are named '{adapter.Name}': {byName[adapter.Name].GetType().FullName} and {adapter.GetType().FullName}.");
                }
            }

            (All, ByName) = (adapters, byName.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase));
        }

        public IReadOnlyList<ProviderAdapter> All { get; }

        public FrozenDictionary<string, ProviderAdapter> ByName { get; }
    }
}
