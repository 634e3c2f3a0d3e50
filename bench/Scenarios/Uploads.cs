using System.Net;
using System.Text;
using Framegate.Bench.Harness;
using Framegate.Bench.Servers;

namespace Framegate.Bench.Scenarios;

/// <summary>What other clients wait, and what memory is held, while many clients upload 10 MB each again and again, more than is let in at once.</summary>
internal sealed class Uploads : IScenario
{
    private const int DefaultUploads = 500;
    private const int Megabyte = 1000 * 1000;
    private const int OtherClients = 2;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan s_measured = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(30);

    public string Name => "uploads";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var count = number ?? DefaultUploads;
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithSyncAsync(stub, [], cancellationToken);
        var others = stage.Scripts.Post("/generations", Bodies.Sync);
        Task<WrkResult> OthersAsync(TimeSpan time) => Wrk.RunAsync(framegate.Address, others, OtherClients, (int)time.TotalSeconds, cancellationToken);

        await OthersAsync(s_warmUp);
        var alone = await OthersAsync(s_measured);
        var before = framegate.Rss;

        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var uploading = UploadAsync(framegate.Address, count, over.Token);
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        var (meter, used) = (new LoadMeter(stub, framegate), framegate.Cpu);
        var meanwhile = await OthersAsync(s_measured);
        var load = meter.Read().Others;
        used = framegate.Cpu - used;
        await over.CancelAsync();
        var (accepted, refused) = await uploading;
        await Task.Delay(s_rest, TimeProvider.System, cancellationToken);

        var waits = new Table("Other clients", "requests", "p50 ms", "p99 ms", "slowest ms");
        waits.Row("alone", alone.Requests, alone.P50, alone.P99, alone.Max);
        waits.Row("meanwhile", meanwhile.Requests, meanwhile.P50, meanwhile.P99, meanwhile.Max);
        waits.Print($"{OtherClients} clients beside {count} connections that upload 10 MB each, for {s_measured.TotalSeconds} s");
        var table = new Table("Uploads accepted", "refused with 503", "Framegate, CPU s", "resident before, MB", "peak MB", "30 s later, MB", "used by others");
        table.Row(accepted, refused, used.TotalSeconds, before / 1e6, framegate.PeakRss / 1e6, framegate.Rss / 1e6, Numbers.Percent(load));
        table.Print("Uploads");
    }

    private static async Task<(int Accepted, int Refused)> UploadAsync(string address, int count, CancellationToken over)
    {
        var body = new RepeatedBody(
            $$"""{"schema_version":"2.0","provider":"{{SyncAdapter.ProviderName}}","model":"{{SyncAdapter.ModelId}}","media_type":"text","prompt":"number #","parameters":{"image":"data:image/png;base64,""",
            Encoding.ASCII.GetBytes(Convert.ToBase64String(NoisePicture.Png(10 * Megabyte * 3 / 4))),
            "\"}}",
            "application/json");
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = count };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromMinutes(2) };
        int accepted = 0, refused = 0;
        await Task.WhenAll(Enumerable.Range(0, count).Select(async _ =>
        {
            while (!over.IsCancellationRequested)
            {
                try
                {
                    using var response = await client.PostAsync(new Uri(address + "/generations"), body.Next(), over);
                    _ = response.StatusCode switch
                    {
                        HttpStatusCode.OK => Interlocked.Increment(ref accepted),
                        HttpStatusCode.ServiceUnavailable => Interlocked.Increment(ref refused),
                        var status => throw new BenchException($"An upload was answered with {(int)status}: {await response.Content.ReadAsStringAsync(over)}"),
                    };
                }
                catch (OperationCanceledException) when (over.IsCancellationRequested)
                {
                    return;
                }
            }
        }));
        return (accepted, refused);
    }
}
