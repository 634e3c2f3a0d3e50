using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// Many open jobs on one node: creates them asynchronously, holds them pending for a minute, then lets all of them end at once. Measures how
/// late polls are, what an open job costs in memory, and whether all of them end well.
/// </summary>
internal sealed class OpenJobs : IScenario
{
    private const int DefaultJobs = 10_000;
    private const int WarmUpJobs = 500;
    private const int CreateParallelism = 32;
    private static readonly TimeSpan s_hold = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromMinutes(5);

    public string Name => "jobs";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var jobs = number ?? DefaultJobs;
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithSyncAsync(stub, arguments.Variations, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = CreateParallelism });

        await CreateAsync(client, framegate, WarmUpJobs, cancellationToken);
        await EndedAsync(client, framegate, cancellationToken);
        var (idleHeap, idleRss) = await MemoryAsync(framegate, cancellationToken);
        var succeededBefore = await SucceededAsync(client, framegate, cancellationToken);

        await HoldAsync(client, stub, TimeSpan.FromDays(1), cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await CreateAsync(client, framegate, jobs, cancellationToken);
        var creation = Stopwatch.GetElapsedTime(started);

        await Task.Delay(s_settle, TimeProvider.System, cancellationToken);
        var meter = new LoadMeter(stub, framegate);
        var before = await MetricsPage.ReadAsync(client, framegate, cancellationToken);
        await Task.Delay(s_hold, TimeProvider.System, cancellationToken);
        var after = await MetricsPage.ReadAsync(client, framegate, cancellationToken);
        var load = meter.Read();
        var (heap, rss) = await MemoryAsync(framegate, cancellationToken);

        await HoldAsync(client, stub, TimeSpan.Zero, cancellationToken);
        started = Stopwatch.GetTimestamp();
        await EndedAsync(client, framegate, cancellationToken);
        var end = Stopwatch.GetElapsedTime(started);
        var succeeded = await SucceededAsync(client, framegate, cancellationToken) - succeededBefore;

        var lags = new PollLags([before], [after]);
        new Table("What", "Value")
            .Row("Open jobs held", after.Sum("framegate_jobs_open"))
            .Row("Created over HTTP, jobs/s", jobs / creation.TotalSeconds)
            .Row("Polls/s while held", lags.Count / load.Elapsed.TotalSeconds)
            .Row("Polls sent at most 1 s after they were due", Numbers.Percent(lags.Share(1)))
            .Row("Polls sent at most 100 ms after they were due", Numbers.Percent(lags.Share(0.1)))
            .Row("Latest poll, upper bound of its bucket, s", lags.Latest)
            .Row("Framegate's CPU while held, of one core", Numbers.Percent(load.Cpu[framegate] / load.Elapsed))
            .Row("Managed heap per open job, KiB (after a full collection)", (heap - idleHeap) / 1024d / jobs)
            .Row("Resident memory per open job, KiB (after a full collection)", (rss - idleRss) / 1024d / jobs)
            .Row("Resident memory, MiB: before, with all jobs open", $"{Numbers.MiB(idleRss):F0}, {Numbers.MiB(rss):F0}")
            .Row("Ended with success", $"{succeeded:F0} of {jobs}")
            .Row("All ended, s after the provider finished all at once", end.TotalSeconds)
            .Row("CPU used by others while held", Numbers.Percent(load.Others))
            .Print($"{jobs} jobs, held for {s_hold.TotalSeconds:F0} s");
        if (succeeded != jobs)
        {
            throw new BenchException($"{jobs - succeeded} jobs did not end with success.");
        }
    }

    /// <summary>Begins jobs.</summary>
    internal static Task CreateAsync(HttpClient client, ServerProcess framegate, int count, CancellationToken cancellationToken)
    {
        var url = new Uri(framegate.Address + "/generations");
        return Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = CreateParallelism, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, url)
                {
                    Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Bodies.Flux.Replace("#", $"{i}", StringComparison.Ordinal))),
                };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.TryAddWithoutValidation("Prefer", "respond-async");

                // As many jobs as requests, also where prompts come again.
                request.Headers.TryAddWithoutValidation("Cache-Control", "no-store");
                using var response = await client.SendAsync(request, token);
                if (response.StatusCode != System.Net.HttpStatusCode.Accepted)
                {
                    throw new BenchException($"A job was not taken: {await response.Content.ReadAsStringAsync(token)}");
                }
            });
    }

    private static async Task EndedAsync(HttpClient client, ServerProcess framegate, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while ((await MetricsPage.ReadAsync(client, framegate, cancellationToken)).Sum("framegate_jobs_open") > 0)
        {
            if (Stopwatch.GetElapsedTime(started) > s_endLimit)
            {
                throw new BenchException($"Jobs are still open {s_endLimit.TotalMinutes:F0} min after the provider finished them.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    private static async Task<double> SucceededAsync(HttpClient client, ServerProcess framegate, CancellationToken cancellationToken) =>
        (await MetricsPage.ReadAsync(client, framegate, cancellationToken)).Sum("framegate_generations_total", "outcome=\"success\"");

    /// <summary>The heap and the resident memory after a full collection, bytes.</summary>
    internal static async Task<(long Heap, long Rss)> MemoryAsync(ServerProcess framegate, CancellationToken cancellationToken) =>
        (await framegate.CollectGarbageAsync(cancellationToken), framegate.Rss);

    /// <summary>Sets how long jobs that begin from now on are pending at the upstream.</summary>
    internal static async Task HoldAsync(HttpClient client, ServerProcess stub, TimeSpan time, CancellationToken cancellationToken) =>
        await client.GetStringAsync(new Uri($"{stub.Address}/bench/hold/{(long)time.TotalMilliseconds}"), cancellationToken);
}
