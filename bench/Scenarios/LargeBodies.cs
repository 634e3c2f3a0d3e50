using System.Net;
using System.Text;
using Framegate.Bench.Harness;
using Framegate.Bench.Servers;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What media inside requests and answers cost: whole generations beside bare YARP, which moves the same bytes once. CPU of each process per request, and the most memory it
/// had. The load generator is this process, so rates show little. Half of the rows are of a provider that answers at once, the others of whole lives of a job.
/// </summary>
internal sealed class LargeBodies : IScenario
{
    private const int Megabyte = 1000 * 1000;
    private const int DefaultConnections = 16;

    public string Name => "bodies";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var connections = number ?? DefaultConnections;
        Case[] cases =
        [
            new("data: URI, request of 0.4 KB", "/sync", "/generations", Unified(SyncAdapter.ProviderName, SyncAdapter.ModelId, "text", 100)) { IsSync = true },
            new("data: URI, request of 1 MB", "/sync", "/generations", Unified(SyncAdapter.ProviderName, SyncAdapter.ModelId, "text", Megabyte * 3 / 4)) { IsSync = true },
            new("data: URI, request of 10 MB", "/sync", "/generations", Unified(SyncAdapter.ProviderName, SyncAdapter.ModelId, "text", 10 * Megabyte * 3 / 4)) { IsSync = true },
            new("Flux, data: URI of 10 MB, polled and stored", "/v1/flux-kontext-pro", "/generations", Unified("flux", "flux-kontext-pro", "image", 10 * Megabyte * 3 / 4)),
            new("multipart edit of 1 MB", "/v1/flux-kontext-pro", "/v1/images/edits", Edit(Megabyte)),
            new("multipart edit of 10 MB", "/v1/flux-kontext-pro", "/v1/images/edits", Edit(10 * Megabyte)),
            new("base64 result of 4 MB", StubServer.InlinePath, "/generations", Asked()),
        ];
        var table = new Table("Case", "requests", "bare YARP, CPU ms/request", "Framegate, CPU ms/request", "of bare YARP", "bare YARP, peak MB", "Framegate, peak MB", "used by others");
        foreach (var what in cases)
        {
            // Processes of their own for each case: the peak is of one process's life.
            await using var stage = new Stage();
            var stub = await stage.StubAsync(cancellationToken);
            var yarp = await stage.YarpAsync(stub, cancellationToken);
            var framegate = what.IsSync ? await stage.FramegateWithSyncAsync(stub, [], cancellationToken) : await stage.FramegateAsync(stub, ["flux", "openai"], cancellationToken);
            var bare = new Target(yarp, what.NativePath, what.Body);
            var ours = new Target(framegate, what.Path, what.Body);
            await LoadAsync(bare, connections, TimeSpan.FromSeconds(4), cancellationToken);

            // A job that is polled leaves the processor idle, so that the compiler has its turns for longer: it took two thirds of the first half minute.
            await LoadAsync(ours, connections, TimeSpan.FromSeconds(what.IsSync ? 25 : 40), cancellationToken);
            var rounds = new List<(double Bare, double Ours, int Count, double Others)>();
            for (var round = 0; round < arguments.Rounds; round++)
            {
                var meter = new LoadMeter(stub, yarp, framegate);
                var (bareCpu, _) = await MeasureAsync(bare, connections, arguments.Seconds, cancellationToken);
                var (cpu, count) = await MeasureAsync(ours, connections, arguments.Seconds, cancellationToken);
                rounds.Add((bareCpu, cpu, count, meter.Read().Others));
            }

            table.Row(
                what.Name, rounds.Sum(r => r.Count), rounds.Select(r => r.Bare).Median(), rounds.Select(r => r.Ours).Median(), rounds.Select(r => r.Ours / r.Bare).Median(),
                yarp.PeakRss / 1e6, framegate.PeakRss / 1e6, Numbers.Percent(rounds.Select(r => r.Others).Median()));
        }

        table.Print($"Whole generations with media in them, {connections} connections, medians of {arguments.Rounds} rounds of {arguments.Seconds} s");
    }

    private static async Task<(double CpuMs, int Count)> MeasureAsync(Target target, int connections, int seconds, CancellationToken cancellationToken)
    {
        var before = target.Server.Cpu;
        var count = await LoadAsync(target, connections, TimeSpan.FromSeconds(seconds), cancellationToken);
        return ((target.Server.Cpu - before).TotalMilliseconds / count, count);
    }

    private static async Task<int> LoadAsync(Target target, int connections, TimeSpan time, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) };
        using var over = new CancellationTokenSource(time, TimeProvider.System);
        var count = 0;
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            while (!over.IsCancellationRequested)
            {
                using var response = await client.PostAsync(new Uri(target.Server.Address + target.Path), target.Body.Next(), cancellationToken);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    var answer = await response.Content.ReadAsStringAsync(cancellationToken);
                    throw new BenchException($"{target.Server.Name} {target.Path}: {(int)response.StatusCode} {answer[..Math.Min(answer.Length, 500)]}");
                }

                await response.Content.CopyToAsync(Stream.Null, cancellationToken);
                Interlocked.Increment(ref count);
            }
        }));
        return count;
    }

    private static RepeatedBody Unified(string provider, string model, string type, int bytes) => new(
        $$"""{"schema_version":"2.0","provider":"{{provider}}","model":"{{model}}","media_type":"{{type}}","prompt":"number #","parameters":{"image":"data:image/png;base64,""",
        Encoding.ASCII.GetBytes(Convert.ToBase64String(NoisePicture.Png(bytes))),
        "\"}}",
        "application/json");

    private static RepeatedBody Asked() => new(
        """{"schema_version":"2.0","provider":"openai","model":"gpt-image-2","media_type":"image","prompt":"number #","parameters":{}}""", [], "", "application/json");

    private static RepeatedBody Edit(int bytes) => new(
        "--bench\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nflux/flux-kontext-pro\r\n--bench\r\nContent-Disposition: form-data; name=\"response_format\"\r\n\r\nurl\r\n"
        + "--bench\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nnumber #\r\n--bench\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n",
        NoisePicture.Png(bytes),
        "\r\n--bench--\r\n",
        "multipart/form-data; boundary=bench");

    /// <param name="Name">For the table.</param>
    /// <param name="NativePath">What bare YARP is asked.</param>
    /// <param name="Path">What Framegate is asked.</param>
    /// <param name="Body">What is sent.</param>
    private sealed record Case(string Name, string NativePath, string Path, RepeatedBody Body)
    {
        /// <summary>True where the provider answers at once, as bare YARP's upstream does: one upstream call each.</summary>
        public bool IsSync { get; init; }
    }

    private sealed record Target(ServerProcess Server, string Path, RepeatedBody Body);
}
