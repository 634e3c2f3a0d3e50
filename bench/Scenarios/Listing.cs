using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>What a status and a page of the list take when many generations have finished. One connection, one question after the other.</summary>
internal sealed class Listing : IScenario
{
    private const int DefaultGenerations = 100_000;
    private const int CreateParallelism = 32;
    private const int Questions = 300;
    private const int WarmUp = 30;

    public string Name => "listing";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var count = number ?? DefaultGenerations;
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithSyncAsync(stub, ["no-cache"], cancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(framegate.Address) };

        // 1. Those that the list is made of; three of another provider are the oldest, so that a filter has far to go.
        var rare = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            rare.Add(await CreateAsync(client, Bodies.Flux, i, cancellationToken));
        }

        var ids = new string[count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = CreateParallelism, CancellationToken = cancellationToken },
            async (i, token) => ids[i] = await CreateAsync(client, Bodies.Sync, i, token));
        Random.Shared.Shuffle(ids);

        // 2. The questions.
        var table = new Table("Question", "p50 ms", "p99 ms", "longest ms");
        var next = 0;
        string Any() => ids[next++ % ids.Length];
        (string What, Func<string> Path)[] questions =
        [
            ("GET /generations/{id}, any", () => $"/generations/{Any()}"),
            ("GET /generations (20)", () => "/generations"),
            ("GET /generations?limit=100", () => "/generations?limit=100"),
            ("GET /generations?cursor={any} (20)", () => $"/generations?cursor={Any()}"),
            ("GET /generations?status=success (20)", () => "/generations?status=success"),
            ("GET /generations?status=failed: there is none", () => "/generations?status=failed"),
            ("GET /generations?status=processing: there is none", () => "/generations?status=processing"),
            ("GET /generations?provider=flux: the three oldest", () => "/generations?provider=flux"),
            ("GET /v1/videos (20)", () => "/v1/videos"),
        ];
        foreach (var (what, path) in questions)
        {
            var took = new List<double>();
            for (var i = -WarmUp; i < Questions; i++)
            {
                var asked = Stopwatch.GetTimestamp();
                await client.GetByteArrayAsync(path(), cancellationToken);
                if (i >= 0)
                {
                    took.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                }
            }

            took.Sort();
            table.Row(what, took[Questions / 2], took[(int)(0.99 * (Questions - 1))], took[^1]);
        }

        table.Print($"{count} finished generations, one connection");
    }

    private static async Task<string> CreateAsync(HttpClient client, string body, int i, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generations") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Replace("#", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await client.SendAsync(request, cancellationToken);
        answer.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        return json.RootElement.GetProperty("request_id").GetString()!;
    }
}
