namespace Framegate.Proxy.Startup;

/// <summary>Finds the configuration file.</summary>
internal static class ConfigFile
{
    private const string Name = "config/routes.json";

    /// <summary>The file in the working directory or above it, so that the program starts from the repository's root as well as from a project's folder; else beside the program.</summary>
    public static string Default()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, Name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return Path.Combine(AppContext.BaseDirectory, Name);
    }

    /// <summary>Adds the file, and what overrides it, to the configuration.</summary>
    /// <exception cref="StartupException">The file does not exist, or is not JSON.</exception>
    public static void AddTo(IConfigurationBuilder configuration, string path)
    {
        var full = Path.GetFullPath(path);
        if (!File.Exists(full))
        {
            throw new StartupException($"There is no configuration file at {full}; name one with --config.");
        }

        try
        {
            configuration.AddJsonFile(full, optional: false, reloadOnChange: true);
            configuration.AddEnvironmentVariables();
        }
        catch (InvalidDataException e)
        {
            throw new StartupException($"{full} cannot be read: {e.InnerException?.Message ?? e.Message}");
        }
    }
}
