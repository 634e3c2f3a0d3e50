namespace Framegate.Proxy.Configuration;

/// <summary>Refuses what nothing reads: a misspelt section would otherwise be dropped in silence.</summary>
internal sealed class UnknownSectionRule(SectionNames names) : IConfigurationRule
{
    private const string Root = "Framegate";

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        foreach (var section in candidate.Configuration.GetSection(Root).GetChildren().Where(s => !names.LeadsToOne(s.Path)))
        {
            candidate.Refuse(section.Path, $"There is no such section; there are {string.Join(", ", names.Under(Root))}.");
        }

        return ValueTask.CompletedTask;
    }
}
