using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Checks the levels below <c>Logging</c>; the framework throws at the first one that it does not know.</summary>
internal sealed class LoggingRule : IConfigurationRule
{
    private const string Section = "Logging";
    private const string Levels = "LogLevel";

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var root = candidate.Configuration.GetSection(Section);
        foreach (var level in root.GetChildren().SelectMany(c => IsLevels(c) ? c.GetChildren() : c.GetChildren().Where(IsLevels).SelectMany(l => l.GetChildren())))
        {
            if (level.Value is { } value && !(Enum.TryParse<LogLevel>(value, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed)))
            {
                candidate.Refuse(level.Path, $"It must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
            }
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsLevels(IConfigurationSection section) => section.Key.Equals(Levels, StringComparison.OrdinalIgnoreCase);
}
