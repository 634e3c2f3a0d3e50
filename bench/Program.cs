using System.Runtime.InteropServices;
using Framegate.Bench.Harness;
using Framegate.Bench.Micro;
using Framegate.Bench.Scenarios;
using Framegate.Bench.Servers;

using var stop = new CancellationTokenSource();
void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
try
{
    return args switch
    {
        ["stub"] => await StubServer.RunAsync(stop.Token),
        ["yarp", var upstream] => await BareYarp.RunAsync(upstream, stop.Token),
        ["framegate", var config, var data, .. var variations] => await FramegateServer.RunAsync(config, data, variations, stop.Token),
        ["micro", .. var rest] => MicroBenchmarks.Run(rest),
        ["run", .. var rest] => await Runner.RunAsync(BenchArguments.Parse(rest), stop.Token),
        _ => await Runner.RunAsync(BenchArguments.Parse(args), stop.Token),
    };
}
catch (BenchException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 130;
}
