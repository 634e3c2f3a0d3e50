using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Framegate.Bench.Harness;

/// <summary>Describes what the numbers were measured on.</summary>
internal static class MachineDescription
{
    private const int Syncs = 50;

    /// <summary>Prints it.</summary>
    /// <param name="folder">Where the data folders lie; its disk decides what a durable write costs.</param>
    public static void Print(string folder)
    {
        var model = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        new Table("What", "Value")
            .Row("Processor", $"{Environment.ProcessorCount} x {model ?? "unknown"}, shared by load generator, stub and proxy")
            .Row("Memory", $"{memory >> 30} GiB")
            .Row("System", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}")
            .Row("fsync of 4 KiB, median", $"{SyncTime(folder):F2} ms")
            .Row("Load of the last minute at the start", File.ReadAllText("/proc/loadavg").Split(' ')[0])
            .Print("Machine");
    }

    private static double SyncTime(string folder)
    {
        var path = Path.Combine(folder, "sync");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        var times = new List<double>(Syncs);
        for (var i = 0; i < Syncs; i++)
        {
            file.Write(new byte[4096]);
            var started = Stopwatch.GetTimestamp();
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return times.Median();
    }
}
