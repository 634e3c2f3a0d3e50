using System.Globalization;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;
using Xunit.Abstractions;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>
/// Three replicas under load, one of which is killed every few seconds, while database, Redis and bucket go and come back. <c>TEST_KILL_RUN_SECONDS</c> says for how many seconds;
/// by itself it is a short run.
/// </summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class KillRunTests(ITestOutputHelper output)
{
    private const int LimitPerMinute = 20;
    private static readonly TimeSpan _run = TimeSpan.FromSeconds(double.Parse(Environment.GetEnvironmentVariable("TEST_KILL_RUN_SECONDS") ?? "12", CultureInfo.InvariantCulture));
    private static readonly TimeSpan _betweenKills = TimeSpan.FromSeconds(4);
    private readonly int[] _ports = [FreePort.Next(), FreePort.Next(), FreePort.Next()];
    private readonly List<string> _log = [];

    [Fact]
    public async Task Fleet_ReplicasAreKilledUnderLoad_EverythingEndsIsPaidOnceAndTold()
    {
        using var postgres = PostgresProcess.Start();
        var starting = SwiftProcess.StartAsync();
        await using var redis = await RedisProcess.StartAsync();
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var swift = await starting;
        await swift.MakeBucketAsync("media");
        await using var bucket = new BrokenWay(swift.Address);
        await using var receiver = new ScriptedServer(_ => Reaction.Answer(204, ""));
        Task<FramegateProcess> StartAsync(int at) => FramegateProcess.StartAsync(Settings(at, postgres, redis, bucket, sandbox));
        var replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(StartAsync));
        try
        {
            // 1. Load, kills and outages.
            using var load = new FleetLoad([.. _ports.Select(p => new Uri($"http://127.0.0.1:{p}"))], receiver.Address + "/hook");
            using var stop = new CancellationTokenSource(_run);
            var clients = Enumerable.Range(0, 6).Select(i => load.RunAsync(i, stop.Token)).ToList();
            var outages = OutagesAsync(postgres, redis, bucket);
            var random = new Random(11);
            using (var timer = new PeriodicTimer(_betweenKills))
            {
                while (!stop.IsCancellationRequested)
                {
                    await timer.WaitForNextTickAsync(CancellationToken.None);
                    var victim = random.Next(3);
                    await replicas[victim].KillAsync();
                    await replicas[victim].DisposeAsync();
                    _log.Add($"replica {victim} was killed");
                    replicas[victim] = await InsistAsync(() => StartAsync(victim));
                }
            }

            await outages;
            await InTimeAsync(Task.WhenAll(clients), load);

            // 2. Whoever was told of a generation finds its end.
            var ends = new Dictionary<string, string>();
            foreach (var id in load.Acknowledged.Keys)
            {
                var end = await InTimeAsync(load.EndOfAsync(id), load);
                ends[id] = $"{end["status"]} {end["error"]?["code"]} {end["error"]?["details"]?["reason"]}".Trim();
            }

            // 3. At most one submit each, and one for what has a result.
            var ledger = await sandbox.LedgerAsync();
            Assert.Empty(ledger.GroupBy(l => l.Prompt).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {g.Count()}"));
            Assert.Empty(load.Successes.Keys.Except(ledger.Select(l => l.Prompt)));

            // 4. Every callback at least once, under one id.
            var told = await Eventually.GetAsync(
                () => Task.FromResult(receiver.Requests.ToList()
                    .Select(r => (Id: (string?)JsonNode.Parse(r.Text)!["request_id"], Call: r.Headers["webhook-id"]))
                    .GroupBy(r => r.Id!).ToDictionary(g => g.Key, g => g.Select(c => c.Call).Distinct().Count())),
                t => load.WithCallback.Keys.All(t.ContainsKey), 60);
            Assert.All(load.WithCallback.Keys, id => Assert.Equal(1, told[id]));

            // 5. No minute has more than the limit, but for what one outage of the Redis lets through.
            var times = (await LimitedAsync(sandbox)).Order().ToList();
            var most = times.Select(from => times.Count(t => t >= from && t < from + TimeSpan.FromMinutes(1))).DefaultIfEmpty(0).Max();
            Report(load, ends, ledger.Count, most);
            Assert.InRange(most, 1, LimitPerMinute + (LimitPerMinute * 2 / 3));
        }
        finally
        {
            foreach (var replica in replicas)
            {
                await replica.DisposeAsync();
            }
        }
    }

    /// <summary>What takes too long fails with the calls that nobody has answered as they should be.</summary>
    private async Task<T> InTimeAsync<T>(Task<T> task, FleetLoad load)
    {
        await InTimeAsync((Task)task, load);
        return await task;
    }

    private async Task InTimeAsync(Task task, FleetLoad load)
    {
        try
        {
            await task.WaitAsync(TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"These calls have no answer yet:\n{string.Join('\n', load.Insisting)}\n{string.Join('\n', _log)}");
        }
    }

    /// <summary>Each in its turn, spread over the run.</summary>
    private async Task OutagesAsync(PostgresProcess postgres, RedisProcess redis, BrokenWay bucket)
    {
        await Task.Delay(_run / 4, TimeProvider.System, CancellationToken.None);
        await redis.LeaveAsync();
        _log.Add("the Redis is away");
        await Task.Delay(_run / 12, TimeProvider.System, CancellationToken.None);
        await redis.ReturnAsync();
        _log.Add("the Redis is back");
        await Task.Delay(_run / 12, TimeProvider.System, CancellationToken.None);
        await bucket.BreakAsync();
        _log.Add("the bucket answers 503");
        await Task.Delay(_run / 9 > TimeSpan.FromSeconds(20) ? TimeSpan.FromSeconds(20) : _run / 9, TimeProvider.System, CancellationToken.None);
        bucket.Mend();
        _log.Add("the bucket is back");
        await Task.Delay(_run / 12, TimeProvider.System, CancellationToken.None);
        postgres.Leave();
        postgres.Return();
        _log.Add("the database has started anew");
    }

    /// <summary>A start that meets an outage is done again, as an orchestrator does.</summary>
    private async Task<FramegateProcess> InsistAsync(Func<Task<FramegateProcess>> start)
    {
        for (var again = 0; ; again++)
        {
            try
            {
                return await start();
            }
            catch (InvalidOperationException e) when (again < 10)
            {
                _log.Add("a start failed: " + e.Message.Split('\n')[0]);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    private static async Task<IEnumerable<DateTimeOffset>> LimitedAsync(SandboxProcess sandbox)
    {
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync(new Uri(sandbox.Address + "/sandbox/ledger")))!["data"]!.AsArray()
            .Where(e => (string?)e!["provider"] == "sora").Select(e => DateTimeOffset.Parse((string)e!["at"]!, CultureInfo.InvariantCulture)).ToList();
    }

    private void Report(FleetLoad load, Dictionary<string, string> ends, int paid, int most)
    {
        output.WriteLine(
            $"{load.Asked} requests, {ends.Count} generations acknowledged, {paid} submits, {load.Successes.Count} results, {load.WithCallback.Count} with a callback; most limited submits in a minute {most} of {LimitPerMinute}");
        output.WriteLine(string.Join('\n', ends.Values.GroupBy(e => e).Select(g => $"  {g.Key}: {g.Count()}")));
        output.WriteLine(string.Join('\n', _log));
    }

    private FramegateSettings Settings(int at, PostgresProcess postgres, RedisProcess redis, BrokenWay bucket, SandboxProcess sandbox) => new()
    {
        Port = _ports[at],
        Sandbox = sandbox.Address,
        Routes = Repository.RoutesWith("Limits", $$"""{ "sora": { "RequestsPerMinute": {{LimitPerMinute}} } }"""),
        Variables = new Dictionary<string, string>
        {
            ["Framegate__Store__Postgres"] = postgres.Address,
            ["Framegate__Store__Lease"] = "00:00:03",
            ["Framegate__Redis"] = redis.Address,
            ["Framegate__Media__Bucket__Endpoint"] = bucket.Address.AbsoluteUri,
            ["Framegate__Media__Bucket__Name"] = "media",
            ["AWS_ACCESS_KEY_ID"] = SwiftProcess.Key,
            ["AWS_SECRET_ACCESS_KEY"] = SwiftProcess.Secret,
        },
    };
}
