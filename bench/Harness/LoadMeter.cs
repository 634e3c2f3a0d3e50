using System.Diagnostics;

namespace Framegate.Bench.Harness;

/// <summary>Measures CPU time from its creation on: of our servers one by one, and of everybody else on the machine.</summary>
internal sealed class LoadMeter
{
    private readonly IReadOnlyList<ServerProcess> _ours;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Dictionary<ServerProcess, TimeSpan> _before;
    private readonly TimeSpan _generators = ProcFs.CpuOfEndedChildren();
    private readonly TimeSpan _self = Environment.CpuUsage.TotalTime;
    private readonly (TimeSpan Busy, TimeSpan Stolen) _machine = ProcFs.Machine();

    public LoadMeter(params IReadOnlyList<ServerProcess> ours)
    {
        _ours = ours;
        _before = ours.ToDictionary(s => s, s => s.Cpu);
    }

    /// <summary>What it was since the start. A load generator counts once it has ended.</summary>
    public LoadReading Read()
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var cpu = _ours.ToDictionary(s => s, s => s.Cpu - _before[s]);
        var ours = cpu.Values.Aggregate(TimeSpan.Zero, (a, b) => a + b)
            + (ProcFs.CpuOfEndedChildren() - _generators) + (Environment.CpuUsage.TotalTime - _self);
        var (busy, stolen) = ProcFs.Machine();
        var all = elapsed * Environment.ProcessorCount;
        return new LoadReading(elapsed, cpu, Math.Max((busy - _machine.Busy - ours) / all, 0) + ((stolen - _machine.Stolen) / all));
    }
}

/// <summary>One reading.</summary>
/// <param name="Elapsed">The time it is about.</param>
/// <param name="Cpu">CPU time of each of our servers.</param>
/// <param name="Others">The share of the machine that everybody else used, 0 to 1.</param>
internal sealed record LoadReading(TimeSpan Elapsed, IReadOnlyDictionary<ServerProcess, TimeSpan> Cpu, double Others);
