using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>Minutes of generations at a moderate rate: whether memory stays flat.</summary>
internal sealed class Soak : IScenario
{
    private const int DefaultMinutes = 5;
    private const int FillConnections = 64;
    private const int FillSeconds = 40;
    private const int Connections = 16;
    private const int PauseMs = 30;
    private const double Flat = 1.05;
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(15);

    public string Name => "soak";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var minutes = Math.Max(number ?? DefaultMinutes, 1);
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithSyncAsync(stub, arguments.Variations, cancellationToken);
        var script = stage.Scripts.Post("/generations", Bodies.Sync, PauseMs);
        using var client = new HttpClient();

        // Every result stays in the cache until that is full: memory grows by right until then, and cannot be called flat or not.
        await Wrk.RunAsync(framegate.Address, stage.Scripts.Post("/generations", Bodies.Sync), FillConnections, FillSeconds, cancellationToken);

        var load = Wrk.RunAsync(framegate.Address, script, Connections, minutes * 60, cancellationToken);
        var table = new Table("Second", "generations/s", "RSS MiB", "GC heap MiB", "CPU of one core", "used by others and wrk");
        var samples = new List<long>();
        var done = (await MetricsPage.ReadAsync(client, framegate, cancellationToken)).Sum("framegate_generations_total");
        for (var second = 0; second < minutes * 60; second += (int)s_every.TotalSeconds)
        {
            var meter = new LoadMeter(stub, framegate);
            await Task.WhenAny(load, Task.Delay(s_every, TimeProvider.System, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            var reading = meter.Read();
            var metrics = await MetricsPage.ReadAsync(client, framegate, cancellationToken);
            var total = metrics.Sum("framegate_generations_total");
            samples.Add(framegate.Rss);
            table.Row(
                second + (int)s_every.TotalSeconds, (total - done) / reading.Elapsed.TotalSeconds, Numbers.MiB(samples[^1]),
                Numbers.MiB((long)metrics.Sum("dotnet_gc_last_collection_heap_size_bytes")),
                Numbers.Percent(reading.Cpu[framegate] / reading.Elapsed), Numbers.Percent(reading.Others));
            done = total;
        }

        var result = await load;
        table.Print($"{minutes} min at {result.Rate:F0} generations/s, p50 {result.P50:F2} ms, p99 {result.P99:F2} ms");
        var third = samples.Count / 3;
        var second3 = samples.Skip(third).Take(third).Average();
        var last3 = samples.TakeLast(third).Average();
        Console.WriteLine(
            $"Mean RSS of the last third is {last3 / second3:F3} times that of the second third: {(last3 / second3 <= Flat ? "flat" : "NOT flat")} (limit {Flat}).\n");
    }
}
