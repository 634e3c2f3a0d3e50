using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Checks <c>AllowedHosts</c>: with a name that no request can have, each one would be answered with 400.</summary>
internal sealed class HostNamesRule : IConfigurationRule
{
    private const string Setting = "AllowedHosts";
    private const string Any = "*";

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var section = candidate.Configuration.GetSection(Setting);
        if (section.GetChildren().Any())
        {
            candidate.Refuse(Setting, "It must be text: names with ';' between them.");
        }

        foreach (var name in section.Value?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            if (name != Any && Uri.CheckHostName(name.StartsWith("*.", StringComparison.Ordinal) ? name[2..] : name) == UriHostNameType.Unknown)
            {
                candidate.Refuse(Setting, $"'{name}' is no host's name; write names without scheme, port and path, with ';' between them, or '*' for any.");
            }
        }

        return ValueTask.CompletedTask;
    }
}
