using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>Candidates of aliases are models of configured providers.</summary>
internal sealed class ModelsRule : IConfigurationRule
{
    private const int Shown = 20;

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var clusters = candidate.Clusters.ToDictionary(c => c.ClusterId, c => c, StringComparer.OrdinalIgnoreCase);
        var shown = string.Join(", ", clusters.Keys.Order(StringComparer.Ordinal).Take(Shown));
        foreach (var alias in candidate.Configuration.GetSection(ModelsOptions.Section).GetChildren())
        {
            foreach (var section in alias.GetSection(nameof(AliasOptions.Candidates)).GetChildren())
            {
                if (bool.TryParse(section[nameof(CandidateOptions.Optional)], out var optional) && optional)
                {
                    continue;
                }

                var (provider, model) = (section[nameof(CandidateOptions.Provider)], section[nameof(CandidateOptions.Model)]);
                if (provider is null || !clusters.TryGetValue(provider, out var cluster))
                {
                    candidate.Refuse(
                        $"{section.Path}:{nameof(CandidateOptions.Provider)}",
                        $"There is no such provider; there are {shown}.");
                }
                else if (string.IsNullOrEmpty(model))
                {
                    candidate.Refuse($"{section.Path}:{nameof(CandidateOptions.Model)}", $"It is missing: a model of {provider}, as GET /models lists them.");
                }
                else if (candidate.Adapters.Find(cluster.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? cluster.ClusterId) is { } adapter
                    && adapter.FindModel(model) is null)
                {
                    candidate.Refuse($"{section.Path}:{nameof(CandidateOptions.Model)}", $"{provider} has no such model; GET /models lists what it has.");
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
