namespace Framegate.Proxy.Host;

/// <summary>What the command line sets.</summary>
/// <param name="Sandbox">True for stand-in providers.</param>
/// <param name="SandboxUrl">Where they run; null for in this process.</param>
/// <param name="Urls">Where to listen, separated by semicolons.</param>
/// <param name="Config">The configuration file.</param>
/// <param name="Data">The data folder.</param>
internal sealed record HostArguments(bool Sandbox, string? SandboxUrl, string Urls, string Config, string Data)
{
    /// <summary>The folder of plugins; null for the one that the configuration names, if it does.</summary>
    public string? Plugins { get; init; }

    /// <summary>The folder of providers that are data files; null for the folder <c>providers</c> beside the configuration file.</summary>
    public string? Providers { get; init; }

    /// <summary>True for a program that only checks a configuration: of the file it takes the plugins alone, so that nothing that is wrong in it keeps its parts from being made.</summary>
    public bool OnlyChecks { get; init; }
}
