using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>
/// What is logged unless the configuration's <c>Logging</c> sets it otherwise: one line per message, and nothing of the frameworks below a warning. The framework itself would put
/// what code sets over what a file sets.
/// </summary>
internal static class ConsoleLog
{
    private const string Section = "Logging";
    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const string FormatterOptions = Section + ":Console:FormatterOptions";
    private const string Levels = "LogLevel";

    private static readonly (string Category, LogLevel Level)[] Defaults =
    [
        ("Microsoft", LogLevel.Warning), ("Yarp", LogLevel.Warning), ("System", LogLevel.Warning), ("Microsoft.Hosting.Lifetime", LogLevel.Warning),

        // It logs nothing that is not below a warning. While it is enabled, an activity is made for every request.
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),

        // A failed call to a provider is an everyday matter; Framegate's own line about it is short and has no stack trace.
        ("Yarp.ReverseProxy.Forwarder", LogLevel.Error),

        // So is a destination that is taken out for a while.
        ("Yarp.ReverseProxy.Health", LogLevel.Error),

        // Its lines have keys in them, and while a Redis is away one for every request; the cache logs by itself that it is.
        ("Microsoft.Extensions.Caching.Hybrid", LogLevel.Critical),

        // What an agent asks wrongly is answered to the agent, and is no failure of this program: the package has a stack trace for each. Framegate's own failures in a tool are
        // logged by Framegate.
        ("ModelContextProtocol", LogLevel.Critical),

        // A failed start is reported in one line by whoever asked for it; a background service that dies is critical.
        ("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical),
    ];

    /// <summary>Sets it up. The file counts for all that it names, also later, when it changes.</summary>
    public static void Apply(ILoggingBuilder logging, IConfiguration configuration)
    {
        logging.ClearProviders();

        // The builder of the host has read the file already, and called for the simple form after it. What code sets here must not go before what the file sets.
        logging.Services.Configure<SimpleConsoleFormatterOptions>(console =>
        {
            (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, Time + " ");
            configuration.GetSection(FormatterOptions).Bind(console);
        });
        logging.Services.Configure<JsonConsoleFormatterOptions>(json =>
        {
            (json.UseUtcTimestamp, json.TimestampFormat) = (true, Time);
            configuration.GetSection(FormatterOptions).Bind(json);
        });
        logging.AddConsole();
        logging.Services.PostConfigure<ConsoleLoggerOptions>(console =>
        {
            console.FormatterName = configuration[$"{Section}:Console:{nameof(ConsoleLoggerOptions.FormatterName)}"] is { Length: > 0 } form ? form : ConsoleFormatterNames.Simple;
            if (configuration[$"{Section}:Console:{nameof(ConsoleLoggerOptions.QueueFullMode)}"] is not { Length: > 0 })
            {
                // Whoever does not read the output must not stop the requests. How many lines are left out stands in the log.
                console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            }
        });
        logging.Services.PostConfigure<LoggerFilterOptions>(filters =>
        {
            var named = Categories(configuration.GetSection(Section));
            foreach (var (category, level) in Defaults.Where(d => !named.Any(n => Covers(n, d.Category))))
            {
                filters.Rules.Insert(0, new LoggerFilterRule(null, category, level, null));
            }
        });
    }

    /// <summary>Whether whoever reads the output takes each line for JSON.</summary>
    public static bool IsJson(IServiceProvider services) =>
        services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName?.Equals(ConsoleFormatterNames.Json, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Whether a category that the file names is one of ours, or above it.</summary>
    private static bool Covers(string named, string category) =>
        category.Equals(named, StringComparison.OrdinalIgnoreCase) || category.StartsWith(named + ".", StringComparison.OrdinalIgnoreCase);

    private static HashSet<string> Categories(IConfigurationSection logging) => logging.GetChildren()
        .SelectMany(c => c.Key.Equals(Levels, StringComparison.OrdinalIgnoreCase) ? c.GetChildren() : c.GetSection(Levels).GetChildren())
        .Select(l => l.Key)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);
}
