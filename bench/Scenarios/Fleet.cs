using System.Diagnostics;
using System.Globalization;
using Framegate.Bench.Harness;
using Framegate.Bench.Servers;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What a database that replicas share costs, and what a second and a third replica bring: the unified path on PostgreSQL against SQLite and bare YARP in the same rounds;
/// what idle replicas ask of the database; open jobs over three replicas, one of which is killed.
/// </summary>
internal sealed class Fleet : IScenario
{
    private const int DefaultJobs = 3000;
    private const int MoreThanJobs = 5000;
    private const int Connections = 63;
    private const int WarmUpSeconds = 8;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(15);

    // An idle connection of PostgreSQL reports its counts up to ten seconds late.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_takeOverLimit = TimeSpan.FromMinutes(4);

    public string Name => "fleet";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        await using var postgres = PostgresServer.Start();
        var stub = await stage.StubAsync(cancellationToken);
        var replicas = new List<ServerProcess>();
        var idle = new Table("Idle replicas", "statements/s of the database");
        var jobs = number ?? DefaultJobs;
        var limit = (jobs + MoreThanJobs).ToString(CultureInfo.InvariantCulture);
        for (var i = 1; i <= 3; i++)
        {
            replicas.Add(await stage.FramegateWithSyncAsync(
                stub,
                arguments.Variations,
                cancellationToken,
                ("Framegate__Store__Postgres", postgres.Address),
                ("Framegate__Jobs__MaxOpen", limit),
                ("Framegate__Jobs__MaxOpenPerClient", limit)));
            await Task.Delay(s_settle, TimeProvider.System, cancellationToken);
            idle.Row(i, await CommitsPerSecondAsync(postgres, s_hold, cancellationToken));
        }

        idle.Print("At rest");
        await CompareAsync(stage, stub, replicas, arguments, cancellationToken);
        await JobsAsync(postgres, stub, replicas, jobs, cancellationToken);
    }

    private static async Task CompareAsync(
        Stage stage, ServerProcess stub, List<ServerProcess> replicas, BenchArguments arguments, CancellationToken cancellationToken)
    {
        var yarp = await stage.YarpAsync(stub, cancellationToken);
        var sqlite = await stage.FramegateWithSyncAsync(stub, [], cancellationToken);
        var unified = stage.Scripts.Post("/generations", Bodies.Sync);
        (string Name, ServerProcess[] Servers, string Script)[] targets =
        [
            ("bare YARP", [yarp], stage.Scripts.Post("/sync", Bodies.Sync)),
            ("Framegate on SQLite", [sqlite], unified),
            ("Framegate on PostgreSQL, one replica", [replicas[0]], unified),
            ("Framegate on PostgreSQL, three replicas", [.. replicas], unified),
        ];
        foreach (var target in targets)
        {
            await ShootAsync(target.Servers, target.Script, WarmUpSeconds, cancellationToken);
        }

        var rounds = new List<(double Rate, double P50, double P99, double Others)[]>();
        for (var round = 0; round < arguments.Rounds; round++)
        {
            var shots = new List<(double, double, double, double)>();
            foreach (var target in targets)
            {
                var meter = new LoadMeter([yarp, sqlite, stub, .. replicas]);
                var results = await ShootAsync(target.Servers, target.Script, arguments.Seconds, cancellationToken);
                var load = meter.Read();
                shots.Add((results.Sum(r => r.Rate), results.Average(r => r.P50), results.Max(r => r.P99), load.Others));
            }

            rounds.Add([.. shots]);
        }

        var table = new Table("Target", "requests/s", "of bare YARP", "of SQLite", "p50 ms", "p99 ms", "used by others (with the database)");
        for (var t = 0; t < targets.Length; t++)
        {
            var at = t;
            table.Row(
                targets[t].Name, rounds.Select(r => r[at].Rate).Median(), rounds.Select(r => r[at].Rate / r[0].Rate).Median(), rounds.Select(r => r[at].Rate / r[1].Rate).Median(),
                rounds.Select(r => r[at].P50).Median(), rounds.Select(r => r[at].P99).Median(),
                string.Join(", ", rounds.Select(r => Numbers.Percent(r[at].Others))));
        }

        table.Print($"{Connections} connections in all, medians of {rounds.Count} rounds of {arguments.Seconds} s");
    }

    private static async Task JobsAsync(PostgresServer postgres, ServerProcess stub, List<ServerProcess> replicas, int jobs, CancellationToken cancellationToken)
    {
        using var client = new HttpClient();
        var idle = new List<(long Heap, long Rss)>();
        foreach (var replica in replicas)
        {
            idle.Add(await OpenJobs.MemoryAsync(replica, cancellationToken));
        }

        await OpenJobs.HoldAsync(client, stub, TimeSpan.FromDays(1), cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(replicas.Select(r => OpenJobs.CreateAsync(client, r, jobs / replicas.Count, cancellationToken)));
        var creation = Stopwatch.GetElapsedTime(started);
        await Task.Delay(s_settle, TimeProvider.System, cancellationToken);
        var (heap, rss) = (0L, 0L);
        for (var i = 0; i < replicas.Count; i++)
        {
            var now = await OpenJobs.MemoryAsync(replicas[i], cancellationToken);
            (heap, rss) = (heap + now.Heap - idle[i].Heap, rss + now.Rss - idle[i].Rss);
        }

        var meter = new LoadMeter([stub, .. replicas]);
        var polledBefore = await PagesAsync(client, replicas, cancellationToken);
        var statements = await CommitsPerSecondAsync(postgres, s_hold, cancellationToken);
        var lags = new PollLags(polledBefore, await PagesAsync(client, replicas, cancellationToken));
        var load = meter.Read();

        // The one that dies is found by who holds nothing any more: owners are random names.
        var before = await postgres.HeldAsync(cancellationToken);
        await replicas[0].KillAsync();
        started = Stopwatch.GetTimestamp();
        var (times, total) = await TakeOversAsync(postgres, before, started, cancellationToken);
        new Table("What", "Value")
            .Row("Jobs open over three replicas", before.Values.Sum())
            .Row("Created over HTTP, jobs/s", jobs / creation.TotalSeconds)
            .Row("Statements/s of the database while they are polled", statements)
            .Row("Polls/s of all three", lags.Count / load.Elapsed.TotalSeconds)
            .Row("Polls sent at most 1 s after they were due", Numbers.Percent(lags.Share(1)))
            .Row("Polls sent at most 100 ms after they were due", Numbers.Percent(lags.Share(0.1)))
            .Row("Latest poll, upper bound of its bucket, s", lags.Latest)
            .Row("CPU of the three, of one core", Numbers.Percent(replicas.Sum(r => load.Cpu[r] / load.Elapsed)))
            .Row("CPU of the stub, of one core", Numbers.Percent(load.Cpu[stub] / load.Elapsed))
            .Row("Managed heap per open job, KiB", heap / 1024d / jobs)
            .Row("Resident memory per open job, KiB", rss / 1024d / jobs)
            .Row("Jobs of the replica that was killed", total)
            .Row("Taken over after, s: median", At(times, total, 0.5))
            .Row("Taken over after, s: p99", At(times, total, 0.99))
            .Row("Taken over after, s: last", At(times, total, 1))
            .Print($"{jobs} open jobs, a lease of 10 s, one of three replicas killed");
    }

    private static async Task<IReadOnlyCollection<MetricsPage>> PagesAsync(HttpClient client, List<ServerProcess> replicas, CancellationToken cancellationToken) =>
        await Task.WhenAll(replicas.Select(r => MetricsPage.ReadAsync(client, r, cancellationToken)));

    /// <summary>When how many of a dead replica's jobs had another owner.</summary>
    private static async Task<(List<(double Seconds, long Taken)> Times, long Total)> TakeOversAsync(
        PostgresServer postgres, IReadOnlyDictionary<string, long> before, long started, CancellationToken cancellationToken)
    {
        var times = new List<(double, long)>();
        string? dead = null;
        while (Stopwatch.GetElapsedTime(started) < s_takeOverLimit)
        {
            var held = await postgres.HeldAsync(cancellationToken);
            dead ??= before.Keys.FirstOrDefault(o => held.GetValueOrDefault(o) < before[o]);
            if (dead is not null)
            {
                times.Add((Stopwatch.GetElapsedTime(started).TotalSeconds, before[dead] - held.GetValueOrDefault(dead)));
                if (held.GetValueOrDefault(dead) == 0)
                {
                    return (times, before[dead]);
                }
            }

            await Task.Delay(s_look, TimeProvider.System, cancellationToken);
        }

        throw new BenchException("The jobs of a dead replica were not taken over.");
    }

    private static double At(List<(double Seconds, long Taken)> times, long total, double share) => times.First(t => t.Taken >= total * share).Seconds;

    private static async Task<WrkResult[]> ShootAsync(ServerProcess[] servers, string script, int seconds, CancellationToken cancellationToken) =>
        await Task.WhenAll(servers.Select(s => Wrk.RunAsync(s.Address, script, Connections / servers.Length, seconds, cancellationToken)));

    private static async Task<double> CommitsPerSecondAsync(PostgresServer postgres, TimeSpan time, CancellationToken cancellationToken)
    {
        var (before, started) = (await postgres.CommitsAsync(cancellationToken), Stopwatch.GetTimestamp());
        await Task.Delay(time, TimeProvider.System, cancellationToken);
        return (await postgres.CommitsAsync(cancellationToken) - before) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
