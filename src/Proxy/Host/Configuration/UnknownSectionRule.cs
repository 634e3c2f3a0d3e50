using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Refuses what nothing reads: a misspelt section would otherwise be dropped in silence.</summary>
internal sealed class UnknownSectionRule : IConfigurationRule
{
    private const string Root = "Framegate";
    private const string ServerEndpoints = "Kestrel:Endpoints";

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        if (candidate.Configuration.GetSection(Root).Value is { Length: > 0 })
        {
            candidate.Refuse(Root, "It must be an object.");
        }

        foreach (var section in candidate.Configuration.GetSection(Root).GetChildren().Where(s => !candidate.Sections.LeadsToOne(s.Path)))
        {
            candidate.Refuse(section.Path, $"There is no such section; there are {string.Join(", ", candidate.Sections.Under(Root))}.");
        }

        // Kestrel would listen there instead of at --urls, whose addresses have been checked.
        if (candidate.Configuration.GetSection(ServerEndpoints).Exists())
        {
            candidate.Refuse(ServerEndpoints, "Where to listen is set with --urls.");
        }

        return ValueTask.CompletedTask;
    }
}
