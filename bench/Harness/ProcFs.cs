using System.Globalization;

namespace Framegate.Bench.Harness;

/// <summary>What the Linux kernel reports about processes and the machine.</summary>
internal static class ProcFs
{
    // USER_HZ; 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>CPU time a process has used, user and system.</summary>
    public static TimeSpan CpuOf(int pid) => Ticks(Fields($"/proc/{pid}/stat"), 11, 12);

    /// <summary>CPU time of the children that this process has waited for, which are the load generators.</summary>
    public static TimeSpan CpuOfEndedChildren() => Ticks(Fields("/proc/self/stat"), 13, 14);

    /// <summary>Resident memory of a process, bytes.</summary>
    public static long RssOf(int pid) => Status(pid, "VmRSS:");

    /// <summary>The most resident memory that a process has had, bytes.</summary>
    public static long PeakOf(int pid) => Status(pid, "VmHWM:");

    /// <summary>CPU time that all processors together were busy, and that the hypervisor gave to others.</summary>
    public static (TimeSpan Busy, TimeSpan Stolen) Machine()
    {
        // user nice system idle iowait irq softirq steal
        var v = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return (Seconds(v[0] + v[1] + v[2] + v[5] + v[6]), Seconds(v[7]));
    }

    private static long Status(int pid, string name)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    /// <summary>The fields after the process's name, which may hold spaces.</summary>
    private static string[] Fields(string path)
    {
        var text = File.ReadAllText(path);
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static TimeSpan Ticks(string[] fields, int user, int system) => Seconds(
        double.Parse(fields[user], CultureInfo.InvariantCulture) + double.Parse(fields[system], CultureInfo.InvariantCulture));

    private static TimeSpan Seconds(double ticks) => TimeSpan.FromSeconds(ticks / TicksPerSecond);
}
