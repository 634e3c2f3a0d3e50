using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// A full house on one node: as many generations wait in a provider's queue as run at another one, some are followed as event streams, each running one has a callback, and one
/// in twenty of those goes to a receiver that never answers. The running ones end at the pace at which they began.
/// </summary>
internal sealed class Crowd : IScenario
{
    private const int DefaultJobs = 10_000;
    private const int PerSecond = 500;
    private const int DeadOfEvery = 20;
    private const int CreateParallelism = 64;
    private static readonly TimeSpan s_watch = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_endLimit = TimeSpan.FromMinutes(5);

    public string Name => "crowd";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var jobs = number ?? DefaultJobs;
        var streams = jobs / 2;
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithAsync(Routes(stub, jobs), cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = CreateParallelism }) { BaseAddress = new Uri(framegate.Address) };
        await OpenJobs.HoldAsync(client, stub, TimeSpan.Zero, cancellationToken);
        await CreateAsync(client, "flux", 500, int.MaxValue, _ => null, cancellationToken);
        await IdleAsync(client, framegate, 0, cancellationToken);
        var idle = framegate.Rss;

        // 1. Those that wait. The one place of their provider is never given back.
        await OpenJobs.HoldAsync(client, stub, TimeSpan.FromDays(1), cancellationToken);
        var started = Stopwatch.GetTimestamp();
        await CreateAsync(client, "limited", jobs + 1, int.MaxValue, _ => null, cancellationToken);
        var queuing = Stopwatch.GetElapsedTime(started);

        // 2. Those that run, begun at a pace, so that they end at one: the provider holds each for the same time.
        var begin = TimeSpan.FromSeconds((double)jobs / PerSecond);
        await OpenJobs.HoldAsync(client, stub, (2 * begin) + (3 * s_watch), cancellationToken);
        started = Stopwatch.GetTimestamp();
        var dead = stub.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/hang/callback";
        var running = await CreateAsync(client, "flux", jobs, PerSecond, i => i % DeadOfEvery == 0 ? dead : stub.Address + "/bench/ended", cancellationToken);
        var creation = Stopwatch.GetElapsedTime(started);

        // 3. Those that are watched.
        using var listener = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = streams }) { BaseAddress = client.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opened = 0;
        using var opening = new SemaphoreSlim(CreateParallelism);
        var completed = Task.WhenAll(running.Take(streams).Select(id => CompletedAsync(listener, id, opening, () => Interlocked.Increment(ref opened), listening.Token)));
        while (Volatile.Read(ref opened) < streams && !completed.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }

        // 4. While nothing ends.
        var meter = new LoadMeter(stub, framegate);
        var open = (await MetricsPage.ReadAsync(client, framegate, cancellationToken)).Sum("framegate_jobs_open");
        var status = await StatusAsync(client, running, s_watch, cancellationToken);
        var held = meter.Read();
        var full = framegate.Rss;

        // 5. While all of the running ones end.
        meter = new LoadMeter(stub, framegate);
        await IdleAsync(client, framegate, jobs + 1, cancellationToken);
        var ends = await completed;
        var calls = jobs - ((jobs + DeadOfEvery - 1) / DeadOfEvery);
        var lags = await LagsAsync(client, stub, calls, cancellationToken);
        var ending = meter.Read();
        if (ends.Count(e => e) != streams || lags.Count != calls)
        {
            throw new BenchException($"{ends.Count(e => e)} of {streams} streams delivered the end, {lags.Count} of {calls} callbacks came.");
        }

        var span = (lags[^1].At - lags[0].At) / 1000d;
        var sorted = lags.Select(l => (double)l.Lag).Order().ToList();
        new Table("What", "Value")
            .Row("Generations open: they wait, they run", string.Create(CultureInfo.InvariantCulture, $"{open - jobs:F0}, {jobs}"))
            .Row("Taken into the queue, generations/s", (jobs + 1) / queuing.TotalSeconds)
            .Row("Begun, generations/s", jobs / creation.TotalSeconds)
            .Row("Event streams open", streams)
            .Row("Framegate's CPU while nothing ends, of one core", Numbers.Percent(held.Cpu[framegate] / held.Elapsed))
            .Row("Status of a running one meanwhile, p50 and p99, ms", $"{Milliseconds(At(status, 0.5))}, {Milliseconds(At(status, 0.99))}")
            .Row("Resident memory, MiB: idle, full", $"{Numbers.MiB(idle):F0}, {Numbers.MiB(full):F0}")
            .Row("Streams that delivered the end", $"{ends.Count(e => e)} of {streams}")
            .Row("Callbacks to the receiver that answers, of those that ended, while another is dead", $"{lags.Count} of {calls}")
            .Row("Those callbacks/s, from the first to the last", lags.Count / span)
            .Row("From the end to the callback, p50, p99 and longest, ms", $"{Milliseconds(At(sorted, 0.5))}, {Milliseconds(At(sorted, 0.99))}, {Milliseconds(sorted[^1])}")
            .Row("Framegate's CPU while they end, of one core", Numbers.Percent(ending.Cpu[framegate] / ending.Elapsed))
            .Row("Most resident memory, MiB", Numbers.MiB(framegate.PeakRss))
            .Row("CPU used by others: while nothing ends, while they end", $"{Numbers.Percent(held.Others)}, {Numbers.Percent(ending.Others)}")
            .Print($"{jobs} wait, {jobs} run, {streams} event streams, one receiver is dead");
    }

    private static string Routes(ServerProcess stub, int jobs)
    {
        string[] providers = ["flux", "limited"];
        var clusters = providers.Select(name => $$"""
            "{{name}}": { "Metadata": { "Adapter": "flux" }, "Destinations": { "stub": { "Address": "{{stub.Address}}/" } } }
            """);
        return $$"""
            { "Framegate": { "Jobs": { "MaxOpen": {{(2 * jobs) + 1000}}, "MaxOpenPerClient": {{(2 * jobs) + 1000}} }, "Cache": { "Enabled": false },
                             "Limits": { "limited": { "JobsAtOnce": 1, "MaxQueued": {{jobs + 100}} } } },
              "ReverseProxy": { "Clusters": { {{string.Join(", ", clusters)}} } } }
            """;
    }

    /// <summary>Begins generations.</summary>
    /// <returns>Their ids.</returns>
    private static async Task<IReadOnlyCollection<string>> CreateAsync(
        HttpClient client, string provider, int count, int perSecond, Func<int, string?> callback, CancellationToken cancellationToken)
    {
        var ids = new ConcurrentQueue<string>();
        var started = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = CreateParallelism, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                if (TimeSpan.FromSeconds((double)i / perSecond) - Stopwatch.GetElapsedTime(started) is var early && early > TimeSpan.Zero)
                {
                    await Task.Delay(early, TimeProvider.System, token);
                }

                var body = Bodies.Flux.Replace("#", $"{i}", StringComparison.Ordinal).Replace("\"flux\"", $"\"{provider}\"", StringComparison.Ordinal);
                body = body[..^1] + (callback(i) is { } url ? $",\"callback_url\":\"{url}\"" : "") + ",\"timeout\":3600}";
                using var request = new HttpRequestMessage(HttpMethod.Post, "/generations") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
                request.Headers.TryAddWithoutValidation("Prefer", "respond-async");
                using var answer = await client.SendAsync(request, token);
                if (answer.StatusCode != HttpStatusCode.Accepted)
                {
                    throw new BenchException($"A generation was not taken: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(token)}");
                }

                ids.Enqueue(answer.Headers.Location!.OriginalString.Split('/')[^1]);
            });
        return ids;
    }

    /// <summary>Follows one generation.</summary>
    /// <returns>Whether its end was delivered.</returns>
    private static async Task<bool> CompletedAsync(HttpClient client, string id, SemaphoreSlim opening, Action opened, CancellationToken cancellationToken)
    {
        await opening.WaitAsync(cancellationToken);
        using var answer = await client.GetAsync($"/generations/{id}/events", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        opening.Release();
        answer.EnsureSuccessStatusCode();
        opened();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line == "event: completed")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Waits until no more than so many are open.</summary>
    private static async Task IdleAsync(HttpClient client, ServerProcess framegate, int left, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        while ((await MetricsPage.ReadAsync(client, framegate, cancellationToken)).Sum("framegate_jobs_open") is var open && open > left)
        {
            if (Stopwatch.GetElapsedTime(started) > s_endLimit)
            {
                throw new BenchException($"{open - left} generations are still open.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Asks for the status of one after the other.</summary>
    /// <returns>How long each answer took, milliseconds, the shortest first.</returns>
    private static async Task<List<double>> StatusAsync(HttpClient client, IReadOnlyCollection<string> ids, TimeSpan span, CancellationToken cancellationToken)
    {
        var (began, took) = (Stopwatch.GetTimestamp(), new List<double>());
        foreach (var id in ids)
        {
            var asked = Stopwatch.GetTimestamp();
            await client.GetByteArrayAsync($"/generations/{id}", cancellationToken);
            took.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            if (TimeSpan.FromSeconds(took.Count * span.TotalSeconds / 1500) - Stopwatch.GetElapsedTime(began) is var early && early > TimeSpan.Zero)
            {
                await Task.Delay(early, TimeProvider.System, cancellationToken);
            }

            if (Stopwatch.GetElapsedTime(began) > span)
            {
                break;
            }
        }

        took.Sort();
        return took;
    }

    /// <summary>When the callbacks came, and how long after the end of what they are about, milliseconds; in the order in which they came.</summary>
    private static async Task<List<(long At, long Lag)>> LagsAsync(HttpClient client, ServerProcess stub, int expected, CancellationToken cancellationToken)
    {
        List<(long At, long Lag)> lags = [];
        for (var looks = 0; looks < 120 && lags.Count < expected; looks++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
            var text = await client.GetStringAsync(new Uri(stub.Address + "/bench/lags"), cancellationToken);
            lags = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
                .Select(l => (long.Parse(l[0], CultureInfo.InvariantCulture), long.Parse(l[1], CultureInfo.InvariantCulture))).Order()];
        }

        return lags;
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static string Milliseconds(double value) => value.ToString(value < 10 ? "F1" : "F0", CultureInfo.InvariantCulture);
}
