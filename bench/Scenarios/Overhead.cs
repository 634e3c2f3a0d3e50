using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What one generation costs beside the upstream call it is about: the same POST to the upstream, through bare YARP, and as a generation
/// (checked, mapped, stored twice, answered in the unified shape), with the cache that keeps each result and without.
/// </summary>
internal sealed class Overhead : IScenario
{
    private const int WarmUpSeconds = 25;

    public string Name => "overhead";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var yarp = await stage.YarpAsync(stub, cancellationToken);
        var framegate = await stage.FramegateWithSyncAsync(stub, arguments.Variations, cancellationToken);
        var uncached = await stage.FramegateWithSyncAsync(stub, [.. arguments.Variations, "no-cache"], cancellationToken);
        Target[] targets =
        [
            new("direct", stub, stage.Scripts.Post("/sync", Bodies.Sync)),
            new("bare YARP", yarp, stage.Scripts.Post("/sync", Bodies.Sync)),
            new("Framegate", framegate, stage.Scripts.Post("/generations", Bodies.Sync)),
            new("Framegate, cache off", uncached, stage.Scripts.Post("/generations", Bodies.Sync)),
        ];
        foreach (var target in targets)
        {
            await Wrk.RunAsync(target.Server.Address, target.Script, 64, WarmUpSeconds, cancellationToken);
        }

        foreach (var connections in new[] { number ?? 64, 1 })
        {
            await CompareAsync(targets, [stub, yarp, framegate, uncached], connections, arguments, cancellationToken);
        }
    }

    private static async Task CompareAsync(
        Target[] targets, ServerProcess[] servers, int connections, BenchArguments arguments, CancellationToken cancellationToken)
    {
        var rounds = new List<Shot[]>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var shots = new List<Shot>();
            foreach (var target in targets)
            {
                var meter = new LoadMeter(servers);
                var result = await Wrk.RunAsync(target.Server.Address, target.Script, connections, arguments.Seconds, cancellationToken);
                var load = meter.Read();
                shots.Add(new Shot(result, load.Cpu[target.Server].TotalMicroseconds / result.Requests, load.Others));
            }

            rounds.Add([.. shots]);
        }

        var table = new Table("Target", "requests/s", "of bare YARP", "p50 ms", "p99 ms", "p50 added to direct, ms", "p99 added to direct, ms", "CPU us/request");
        for (var t = 0; t < targets.Length; t++)
        {
            double Of(Func<Shot[], double> value) => rounds.Select(value).Median();
            table.Row(
                targets[t].Name, Of(r => r[t].Wrk.Rate), Of(r => r[t].Wrk.Rate / r[1].Wrk.Rate), Of(r => r[t].Wrk.P50), Of(r => r[t].Wrk.P99),
                Of(r => r[t].Wrk.P50 - r[0].Wrk.P50), Of(r => r[t].Wrk.P99 - r[0].Wrk.P99), Of(r => r[t].Cpu));
        }

        table.Print($"{connections} connection{(connections == 1 ? "" : "s")}, medians of {rounds.Count} rounds of {arguments.Seconds} s");
        var detail = new Table(["Round", .. targets.Select(t => t.Name + ", requests/s"), "Framegate / bare YARP", "cache off / bare YARP", "used by others"]);
        for (var r = 0; r < rounds.Count; r++)
        {
            detail.Row([r + 1, .. rounds[r].Select(s => (object)s.Wrk.Rate), rounds[r][2].Wrk.Rate / rounds[r][1].Wrk.Rate, rounds[r][3].Wrk.Rate / rounds[r][1].Wrk.Rate,
                string.Join(", ", rounds[r].Select(s => Numbers.Percent(s.Others)))]);
        }

        detail.Print("Rounds");
    }

    private sealed record Target(string Name, ServerProcess Server, string Script);

    private sealed record Shot(WrkResult Wrk, double Cpu, double Others);
}
