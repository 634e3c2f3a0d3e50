using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What a hit costs: the same POST again and again, answered by the upstream, through bare YARP, by nginx from a cache keyed on the body, and by
/// Framegate from its cache; what a hit allocates; and how all that grows with the entries.
/// </summary>
internal sealed class Cache : IScenario
{
    private const int Connections = 64;
    private const int WarmUpSeconds = 10;

    public string Name => "cache";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        await using (var stage = new Stage())
        {
            await CompareAsync(stage, number ?? Connections, arguments, cancellationToken);
        }

        await CacheGrowth.RunAsync(cancellationToken);
    }

    private static async Task CompareAsync(Stage stage, int connections, BenchArguments arguments, CancellationToken cancellationToken)
    {
        var stub = await stage.StubAsync(cancellationToken);
        var yarp = await stage.YarpAsync(stub, cancellationToken);
        var nginx = await stage.NginxCacheAsync(stub, cancellationToken);
        var framegate = await stage.FramegateWithSyncAsync(stub, arguments.Variations, cancellationToken);
        var upstream = stage.Scripts.Repeat("/sync", Bodies.Cached);
        Target[] targets =
        [
            new("direct", stub, upstream),
            new("bare YARP, proxied", yarp, upstream),
            new("nginx, hit", nginx, upstream),
            new("Framegate, hit", framegate, stage.Scripts.Repeat("/generations", Bodies.Cached)),
        ];
        await CheckAsync(framegate, cancellationToken);
        foreach (var target in targets)
        {
            await Wrk.RunAsync(target.Server.Address, target.Script, connections, WarmUpSeconds, cancellationToken);
        }

        var rounds = new List<Shot[]>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var shots = new List<Shot>();
            foreach (var target in targets)
            {
                var before = target.Server == framegate ? await framegate.AllocatedAsync(cancellationToken) : 0;
                var meter = new LoadMeter([stub, yarp, nginx, framegate]);
                var result = await Wrk.RunAsync(target.Server.Address, target.Script, connections, arguments.Seconds, cancellationToken);
                var load = meter.Read();
                var allocated = target.Server == framegate ? (await framegate.AllocatedAsync(cancellationToken) - before) / (double)result.Requests : double.NaN;
                shots.Add(new Shot(result, load.Cpu[target.Server].TotalMicroseconds / result.Requests, allocated, load.Others));
            }

            rounds.Add([.. shots]);
        }

        var table = new Table(
            "Target", "requests/s", "of bare YARP", "p50 ms", "p99 ms", "p99 added to direct, ms", "CPU us/request", "allocated, bytes/request", "used by others");
        for (var t = 0; t < targets.Length; t++)
        {
            double Of(Func<Shot[], double> value) => rounds.Select(value).Median();
            table.Row(
                targets[t].Name, Of(r => r[t].Wrk.Rate), Of(r => r[t].Wrk.Rate / r[1].Wrk.Rate), Of(r => r[t].Wrk.P50), Of(r => r[t].Wrk.P99),
                Of(r => r[t].Wrk.P99 - r[0].Wrk.P99), Of(r => r[t].Cpu), Of(r => r[t].Allocated), Numbers.Percent(Of(r => r[t].Others)));
        }

        table.Print($"{connections} connections, medians of {rounds.Count} rounds of {arguments.Seconds} s");
    }

    /// <summary>What is measured must be hits.</summary>
    private static async Task CheckAsync(ServerProcess framegate, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        for (var i = 0; i < 3; i++)
        {
            using var content = new StringContent(Bodies.Cached, System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.PostAsync(new Uri(framegate.Address + "/generations"), content, cancellationToken);
            var status = string.Join(' ', answer.Headers.GetValues("Cache-Status"));
            if (!answer.IsSuccessStatusCode || status.Contains("; hit", StringComparison.Ordinal) != i > 0)
            {
                throw new BenchException($"Request {i + 1} was answered {(int)answer.StatusCode} with Cache-Status '{status}'.");
            }
        }
    }

    private sealed record Target(string Name, ServerProcess Server, string Script);

    private sealed record Shot(WrkResult Wrk, double Cpu, double Allocated, double Others);
}
