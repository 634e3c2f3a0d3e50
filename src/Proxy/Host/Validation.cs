using Framegate.Plugins.Loading;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Host.Configuration;

namespace Framegate.Proxy.Host;

/// <summary><c>validate</c>: checks a configuration file without starting, exactly as a start and a reload do.</summary>
internal static class Validation
{
    /// <summary>Prints what is wrong.</summary>
    /// <returns>0 when nothing is.</returns>
    public static async Task<int> RunAsync(string path, string? providers, CancellationToken cancellationToken)
    {
        EnvFile.Load();
        var errors = await CheckAsync(path, providers, cancellationToken);
        foreach (var error in errors)
        {
            await Console.Error.WriteLineAsync(error.ToString());
        }

        await Console.Out.WriteLineAsync(errors.Count == 0 ? $"{path}: valid" : $"{path}: {errors.Count} error(s)");
        return errors.Count == 0 ? 0 : 1;
    }

    private static async Task<IReadOnlyList<ConfigurationError>> CheckAsync(string path, string? providers, CancellationToken cancellationToken)
    {
        if (new ConfigurationFile(path, providers).Read() is { Error: { } unreadable })
        {
            return [unreadable];
        }

        try
        {
            // Nothing of it is used that would touch the folder.
            await using var app = FramegateHost.Create(
                new HostArguments(false, null, "http://127.0.0.1:0", path, ".") { Providers = providers }, new HostSettings(null, null, null), new DataFolder(Path.GetTempPath()));
            return await app.Services.GetRequiredService<ConfigurationGuard>().CheckAsync(app.Services.GetRequiredService<FileReading>(), cancellationToken);
        }
        catch (Exception e) when (e is PluginException or InvalidOperationException)
        {
            return [new ConfigurationError(PluginsOptions.Section, e.Message)];
        }
    }
}
