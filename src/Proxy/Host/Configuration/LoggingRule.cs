using System.Globalization;
using Framegate.Proxy.Common.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Logging.Console;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Checks what stands below <c>Logging</c>: the framework throws at the first level that it does not know, and passes over a name.</summary>
internal sealed class LoggingRule : IConfigurationRule
{
    private const string Section = "Logging";
    private const string Levels = "LogLevel";

    // The framework's own names of its sinks too, which do no harm and stand in many a file.
    private static readonly string[] s_known = [Levels, "Console", "IncludeScopes", "Debug", "EventSource", "EventLog", "OpenTelemetry"];

    private static readonly string[] s_formatters = ["simple", "json", "systemd"];
    private static readonly string[] s_queueModes = Enum.GetNames<ConsoleLoggerQueueFullMode>();
    private static readonly string[] s_flags = ["IncludeScopes", "UseUtcTimestamp", "SingleLine"];
    private static readonly string[] s_options = [.. s_flags, "TimestampFormat", "ColorBehavior", "JsonWriterOptions"];

    // The last five are the older way to set what stands in FormatterOptions.
    private static readonly string[] s_console =
    [
        Levels, "FormatterName", "FormatterOptions", "LogToStandardErrorThreshold", "MaxQueueLength", "QueueFullMode", "Format", "IncludeScopes", "DisableColors", "TimestampFormat", "UseUtcTimestamp",
    ];

    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        var root = candidate.Configuration.GetSection(Section);
        foreach (var child in root.GetChildren().Where(c => !s_known.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            candidate.Refuse(child.Path, $"There is no such setting; there are {string.Join(", ", s_known)}.");
        }

        foreach (var section in root.GetChildren().SelectMany(c => c.GetChildren()).Concat(root.GetChildren()).Where(c => IsLevels(c) || c.Path.Equals("Logging:Console", StringComparison.OrdinalIgnoreCase)))
        {
            if (section.Value is { Length: > 0 })
            {
                candidate.Refuse(section.Path, "It must be an object.");
            }
        }

        // A variable LOGGING is some other program's.
        if (candidate.Configuration is IConfigurationRoot { Providers: var sources }
            && sources.Any(s => s is not EnvironmentVariablesConfigurationProvider && s.TryGet(Section, out var text) && text is { Length: > 0 }))
        {
            candidate.Refuse(Section, "It must be an object.");
        }

        Console(root.GetSection("Console"), candidate);
        foreach (var level in root.GetChildren().SelectMany(c => IsLevels(c) ? c.GetChildren() : c.GetChildren().Where(IsLevels).SelectMany(l => l.GetChildren())))
        {
            if (level.GetChildren().Any() || level.Value is { } value && !Enum.GetNames<LogLevel>().Contains(value.Trim(), StringComparer.OrdinalIgnoreCase))
            {
                candidate.Refuse(level.Path, $"It must be one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The console would go on in its plain form with a name or a setting that it does not know.</summary>
    private static void Console(IConfigurationSection console, ConfigurationCandidate candidate)
    {
        foreach (var child in console.GetChildren().Where(c => !s_console.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            candidate.Refuse(child.Path, $"There is no such setting; there are {string.Join(", ", s_console)}.");
        }

        if (console.GetSection("FormatterName") is var named && (named.GetChildren().Any() || named.Value is { } name && !s_formatters.Contains(name, StringComparer.OrdinalIgnoreCase)))
        {
            candidate.Refuse($"{console.Path}:FormatterName", $"It must be one of {string.Join(", ", s_formatters)}.");
        }

        if (console["QueueFullMode"] is { } mode && !s_queueModes.Contains(mode, StringComparer.OrdinalIgnoreCase))
        {
            candidate.Refuse($"{console.Path}:QueueFullMode", $"It must be one of {string.Join(", ", s_queueModes)}.");
        }

        if (console["MaxQueueLength"] is { } length && !(int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) && lines > 0))
        {
            candidate.Refuse($"{console.Path}:MaxQueueLength", "It must be a number of lines from 1.");
        }

        var options = console.GetSection("FormatterOptions");
        foreach (var child in options.GetChildren().Where(c => !s_options.Contains(c.Key, StringComparer.OrdinalIgnoreCase)))
        {
            candidate.Refuse(child.Path, $"There is no such setting; there are {string.Join(", ", s_options)}.");
        }

        foreach (var flag in options.GetChildren().Where(c => s_flags.Contains(c.Key, StringComparer.OrdinalIgnoreCase) && !bool.TryParse(c.Value, out _)))
        {
            candidate.Refuse(flag.Path, "It must be true or false.");
        }
    }

    private static bool IsLevels(IConfigurationSection section) => section.Key.Equals(Levels, StringComparison.OrdinalIgnoreCase);
}
