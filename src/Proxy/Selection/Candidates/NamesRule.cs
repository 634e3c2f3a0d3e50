using Framegate.Plugins;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>
/// Settings that are for a provider, a model or an alias name one that is there. With another name they would be for nothing, and nobody would notice: a cache that goes on,
/// a call that is not allowed, a client that is refused what it may have.
/// </summary>
internal sealed class NamesRule : IConfigurationRule
{
    private const int Shown = 20;

    private static readonly string[] s_methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var names = new Names(candidate);
        foreach (var provider in candidate.Configuration.GetSection("Framegate:Native").GetChildren())
        {
            names.Provider(provider.Key, provider.Path);
            foreach (var call in provider.GetSection("Allow").GetChildren())
            {
                foreach (var method in (call.Value?.Split(' ')[0].Split(',') ?? []).Where(m => m.All(char.IsAsciiLetterUpper) && !s_methods.Contains(m, StringComparer.Ordinal)))
                {
                    candidate.Refuse(call.Path, $"There is no method '{method}'; there are {string.Join(", ", s_methods)}.");
                }
            }
        }

        foreach (var model in candidate.Configuration.GetSection("Framegate:Cache:Models").GetChildren())
        {
            names.Model(model.Key, model.Path);
        }

        foreach (var client in candidate.Configuration.GetSection("Framegate:Clients").GetChildren())
        {
            foreach (var provider in client.GetSection("Providers").GetChildren())
            {
                names.Provider(provider.Value, provider.Path);
            }

            foreach (var model in client.GetSection("Models").GetChildren())
            {
                names.Model(model.Value, model.Path);
            }

            foreach (var model in client.GetSection("ModelLimits").GetChildren())
            {
                names.Model(model.Key, model.Path);
            }
        }

        foreach (var provider in candidate.Configuration.GetSection(ModelCatalogue.Section).GetChildren())
        {
            foreach (var model in provider.GetChildren().Where(m => m["Successor"] is { Length: > 0 }))
            {
                names.Successor(provider.Key, model["Successor"]!, $"{model.Path}:Successor");
            }
        }

        return ValueTask.CompletedTask;
    }

    private sealed class Names(ConfigurationCandidate candidate)
    {
        private readonly Dictionary<string, ProviderAdapter?> _providers = candidate.Clusters.ToDictionary(
            c => c.ClusterId, c => candidate.Adapters.Find(c.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? c.ClusterId), StringComparer.OrdinalIgnoreCase);

        private readonly HashSet<string> _aliases = candidate.Configuration.GetSection(ModelsOptions.Section).GetChildren().Select(a => a.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

        /// <summary>The name of a provider; <c>*</c> may end it.</summary>
        public void Provider(string? name, string path)
        {
            if (name is { Length: > 0 } && !_providers.ContainsKey(name) && !name.EndsWith('*'))
            {
                candidate.Refuse(path, $"There is no such provider; there are {string.Join(", ", _providers.Keys.Order(StringComparer.Ordinal).Take(Shown))}.");
            }
        }

        /// <summary>An alias, a model, or <c>PROVIDER/MODEL</c>; <c>*</c> may end it.</summary>
        public void Model(string? name, string path)
        {
            if (name is { Length: > 0 } && !name.EndsWith('*') && !_aliases.Contains(name) && !IsOfOne(name) && !_providers.Values.Any(a => a is null || a.FindModel(name) is not null))
            {
                candidate.Refuse(path, "There is no such alias or model; it is an alias, or PROVIDER/MODEL as GET /models lists them.");
            }
        }

        /// <summary>A model of the same provider.</summary>
        public void Successor(string provider, string model, string path)
        {
            if (_providers.GetValueOrDefault(provider) is { } adapter && adapter.FindModel(model) is null)
            {
                candidate.Refuse(path, $"{provider} has no such model; GET /models lists what it has.");
            }
        }

        private bool IsOfOne(string name) => name.IndexOf('/', StringComparison.Ordinal) is > 0 and var at
            && _providers.TryGetValue(name[..at], out var adapter) && (adapter is null || adapter.FindModel(name[(at + 1)..]) is not null);
    }
}
