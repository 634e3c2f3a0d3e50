using Framegate.Proxy.Host.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Framegate.Proxy.Host;

/// <summary>Finds the configuration file.</summary>
internal static class ConfigFile
{
    private const string Name = "config/routes.json";

    /// <summary>The file in the working directory or above it, so that the program starts from the repository's root as well as from a project's folder; else beside the program.</summary>
    public static string Default() => Above(Environment.CurrentDirectory) ?? Path.Combine(AppContext.BaseDirectory, Name);

    /// <summary>The file in a folder or above it; null when there is none.</summary>
    public static string? Above(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Adds the file, and what overrides it, to the configuration.</summary>
    /// <returns>What the guard of the configuration needs.</returns>
    /// <exception cref="StartupException">The file does not exist, or is not JSON.</exception>
    public static (ConfigurationFile File, FileReading First, GuardedConfiguration Live) AddTo(IConfigurationManager configuration, string path, string? providers, bool onlyChecks)
    {
        var file = new ConfigurationFile(path, providers);
        var first = file.Read();
        if (first.Values is not { } values)
        {
            throw new StartupException($"{first.Error!.Path} cannot be used; name another file with --config. {first.Error.Reason}");
        }

        // One file is the configuration: no appsettings.json beside the program, and no watching of all that lies there.
        foreach (var settings in configuration.Sources.OfType<JsonConfigurationSource>().ToList())
        {
            configuration.Sources.Remove(settings);
        }

        if (onlyChecks)
        {
            // The environment may be what is wrong.
            configuration.Sources.Clear();
            values = values.Where(v => v.Key.StartsWith(PluginsOptions.Section + ":", StringComparison.OrdinalIgnoreCase)).ToDictionary(StringComparer.OrdinalIgnoreCase);
        }

        var live = new GuardedConfiguration(values);
        configuration.Sources.Add(live);
        if (onlyChecks)
        {
            return (file, first, live);
        }

        configuration.AddEnvironmentVariables();
        return (file, first, live);
    }
}
