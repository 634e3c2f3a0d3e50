using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// Whole Flux generations: submit, first poll after the provider's pace of 500 ms, download, media store. Compared with the same three
/// native calls sent through bare YARP. Counted at the upstream in a window in the middle of the load, since the first generation of a
/// connection ends half a second after its start.
/// </summary>
internal sealed class Lifecycle : IScenario
{
    private const int CallsPerGeneration = 3;
    private const int DefaultConnections = 1024;
    private const int YarpConnections = 64;
    private static readonly TimeSpan s_rampUp = TimeSpan.FromSeconds(3);

    public string Name => "lifecycle";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var connections = number ?? DefaultConnections;
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var yarp = await stage.YarpAsync(stub, cancellationToken);
        var framegate = await stage.FramegateAsync(stub, ["flux"], cancellationToken);
        var native = stage.Scripts.NativeFlux(Bodies.NativeFlux);
        var unified = stage.Scripts.Post("/generations", Bodies.Flux);
        using var client = new HttpClient();
        async Task<Window> Measure(ServerProcess server, string script, int load) =>
            await MeasureAsync(client, [stub, yarp, framegate], server, script, load, arguments.Seconds, cancellationToken);

        await Measure(yarp, native, YarpConnections);
        await Measure(framegate, unified, connections);
        var rounds = new List<(Window Yarp, Window Framegate)>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            rounds.Add((await Measure(yarp, native, YarpConnections), await Measure(framegate, unified, connections)));
        }

        new Table("Target", "native calls/s", "generations/s", "of bare YARP, per native call", "CPU us/native call", "CPU us/generation", "p50 ms", "p99 ms")
            .Row("bare YARP", rounds.Select(r => r.Yarp.Calls).Median(), rounds.Select(r => r.Yarp.Calls / CallsPerGeneration).Median(), 1d,
                rounds.Select(r => r.Yarp.CpuPerCall).Median(), rounds.Select(r => r.Yarp.CpuPerCall * CallsPerGeneration).Median(), "", "")
            .Row("Framegate", rounds.Select(r => r.Framegate.Calls).Median(), rounds.Select(r => r.Framegate.Generations).Median(),
                rounds.Select(r => r.Framegate.Generations * CallsPerGeneration / r.Yarp.Calls).Median(),
                rounds.Select(r => r.Framegate.CpuPerCall).Median(), rounds.Select(r => r.Framegate.CpuPerGeneration).Median(),
                rounds.Select(r => r.Framegate.Wrk.P50).Median(), rounds.Select(r => r.Framegate.Wrk.P99).Median())
            .Print($"Full generations, {connections} waiting clients, medians of {rounds.Count} rounds of {arguments.Seconds} s");
        var detail = new Table("Round", "bare YARP, calls/s", "Framegate, generations/s", "polls per generation", "ratio per native call", "used by others");
        foreach (var (index, (bare, ours)) in rounds.Index())
        {
            detail.Row(index + 1, bare.Calls, ours.Generations, ours.PollsPerGeneration, ours.Generations * CallsPerGeneration / bare.Calls,
                $"{Numbers.Percent(bare.Others)}, {Numbers.Percent(ours.Others)}");
        }

        detail.Print("Rounds");
    }

    private static async Task<Window> MeasureAsync(
        HttpClient client, ServerProcess[] servers, ServerProcess target, string script, int connections, int seconds, CancellationToken cancellationToken)
    {
        // Over the whole run: the load generator's own time is known only once it has ended.
        var whole = new LoadMeter(servers);
        var load = Wrk.RunAsync(target.Address, script, connections, seconds + ((int)s_rampUp.TotalSeconds * 2), cancellationToken);
        await Task.Delay(s_rampUp, TimeProvider.System, cancellationToken);
        var meter = new LoadMeter(servers);
        var before = await StubCounts.ReadAsync(client, servers[0], cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancellationToken);
        var made = await StubCounts.ReadAsync(client, servers[0], cancellationToken) - before;
        var reading = meter.Read();
        var result = await load;
        return new Window(made, reading.Elapsed, reading.Cpu[target], whole.Read().Others, result);
    }

    private sealed record Window(StubCounts Made, TimeSpan Elapsed, TimeSpan Cpu, double Others, WrkResult Wrk)
    {
        public double Calls => Made.All / Elapsed.TotalSeconds;

        public double Generations => Made.Samples / Elapsed.TotalSeconds;

        public double PollsPerGeneration => (double)Made.Polls / Made.Samples;

        public double CpuPerCall => Cpu.TotalMicroseconds / Made.All;

        public double CpuPerGeneration => Cpu.TotalMicroseconds / Made.Samples;
    }
}
