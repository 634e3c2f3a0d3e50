using System.Globalization;
using Framegate.Proxy.Common.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Framegate.Proxy.Host;

/// <summary>
/// Leaves descriptors to the files, the database and the connections to providers: clients' connections are bounded by what the process may have open.
/// Without that, idle connections would use up all of them, and the program could neither write nor send.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>With fewer, a start is noted: a thousand clients and their jobs need about so many.</summary>
    public const long Enough = 4096;

    /// <summary>With fewer the program does not even start: each library of it is an open file, some 300, and so are its data.</summary>
    public const long Least = 512;

    /// <summary>What is kept for everything but clients' connections: the program's own files at least, and enough for many jobs at most.</summary>
    private const long SmallestReserve = 400;
    private const long LargestReserve = 4096;

    /// <summary>Why the program cannot start under the limit that it has. Asked before anything else is loaded.</summary>
    /// <returns>Null when it can.</returns>
    public static string? Refusal() => OperatingSystem.IsLinux() && Read(ReadLimits()) is { } limit ? RefusalOf(limit) : null;

    /// <summary>The same of a limit.</summary>
    public static string? RefusalOf(long limit) => limit >= Least ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"Framegate cannot start: this process may have {limit} files open, and needs {Least} at least, {Enough} for many clients. Raise the hard limit: 'ulimit -Hn {Enough}' in a shell, LimitNOFILE={Enough} in a systemd unit, '--ulimit nofile={Enough}' of docker run.");

    /// <summary>Gives the server its bound.</summary>
    public static void Apply(IServiceProvider services)
    {
        if (!OperatingSystem.IsLinux() || Read(ReadLimits()) is not { } limit)
        {
            return;
        }

        var bound = ConnectionsOf(limit);
        services.GetRequiredService<Microsoft.Extensions.Options.IOptions<KestrelServerOptions>>().Value.Limits.MaxConcurrentConnections = bound;
        if (limit < Enough)
        {
            Log.FewDescriptors(services.GetRequiredService<ILoggerFactory>().CreateLogger("Framegate.Proxy.Host"), limit, bound, Enough);
        }
    }

    /// <summary>How many connections of clients there may be.</summary>
    public static long ConnectionsOf(long limit) => Math.Max(limit - Math.Clamp(limit / 2, SmallestReserve, LargestReserve), 1);

    /// <summary>The limit of open files.</summary>
    /// <param name="limits">What <c>/proc/self/limits</c> has.</param>
    /// <returns>Null when there is none, or none can be read.</returns>
    public static long? Read(string limits)
    {
        const string Name = "Max open files";
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(Name, StringComparison.Ordinal));
        return line is not null
            && long.TryParse(line[Name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : null;
    }

    private static string ReadLimits()
    {
        try
        {
            return File.ReadAllText("/proc/self/limits");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
