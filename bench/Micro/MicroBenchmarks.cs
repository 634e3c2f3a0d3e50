using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Framegate.Bench.Micro;

/// <summary>Measures pieces of the program without a network, with BenchmarkDotNet.</summary>
internal static class MicroBenchmarks
{
    /// <summary>Runs those that the arguments choose, as BenchmarkDotNet understands them; all without arguments.</summary>
    public static int Run(string[] args)
    {
        // In this process: nothing is built again beside a build that others may be running.
        var config = DefaultConfig.Instance.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
        BenchmarkSwitcher.FromAssembly(typeof(MicroBenchmarks).Assembly).Run(args.Length == 0 ? ["--filter", "*"] : args, config);
        return 0;
    }
}
