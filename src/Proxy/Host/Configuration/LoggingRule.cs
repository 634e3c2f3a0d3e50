using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Checks what stands below <c>Logging</c>: the framework throws at the first level that it does not know, and passes over a name.</summary>
internal sealed class LoggingRule : IConfigurationRule
{
    private const string Section = "Logging";
    private const string Levels = "LogLevel";

    // The framework's own names of its sinks too, which do no harm and stand in many a file.
    private static readonly string[] s_known = [Levels, "Console", "IncludeScopes", "Debug", "EventSource", "EventLog", "OpenTelemetry"];

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var root = candidate.Configuration.GetSection(Section);
        foreach (var child in root.GetChildren().Where(c => !s_known.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            candidate.Refuse(child.Path, $"There is no such setting; there are {string.Join(", ", s_known)}.");
        }

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
