namespace Framegate.Proxy.Host;

/// <summary>Where jobs and media lie when <c>--data</c> names no folder.</summary>
internal static class DataPlace
{
    private const string Name = "framegate";
    private const string Here = "./data";

    /// <summary>The variable in which systemd names the folder of a service (<c>StateDirectory=</c>).</summary>
    private const string OfService = "STATE_DIRECTORY";

    /// <summary>
    /// A service's own folder; <c>data</c> in the working directory where that belongs to a configuration (<c>config/routes.json</c> there or above); else the
    /// platform's usual place, as <c>~/.local/share/framegate</c>.
    /// </summary>
    public static string Default() => Of(
        Environment.GetEnvironmentVariable(OfService),
        ConfigFile.Above(Environment.CurrentDirectory) is not null,
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify));

    /// <summary>The folder.</summary>
    /// <param name="service">The folders of the service, separated by colons; null outside one.</param>
    /// <param name="configured">Whether the working directory belongs to a configuration.</param>
    /// <param name="platform">The platform's place for data of programs; empty where there is none, as without a home.</param>
    public static string Of(string? service, bool configured, string platform) =>
        service?.Split(':') is [{ Length: > 0 } first, ..] ? first
        : configured || platform.Length == 0 ? Here
        : Path.Combine(platform, Name);
}
