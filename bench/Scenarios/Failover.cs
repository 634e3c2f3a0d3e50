using System.Globalization;
using System.Text;
using System.Text.Json;
using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>Two stand-in providers under load; one is killed and started again. What <c>GET /providers</c> reports meanwhile, second by second.</summary>
internal sealed class Failover : IScenario
{
    private const int KillAt = 5;
    private const int RestartAt = 15;
    private const int EndAt = 26;
    private const int Clients = 40;
    private static readonly string[] s_names = ["alpha", "beta"];
    private readonly int[] _done = new int[2];
    private int _failed;
    private int _second;

    public string Name => "failover";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        await using var stage = new Stage();
        var alpha = await stage.StubAsync(cancellationToken);
        var beta = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithAsync(Routes(alpha.Address, beta.Address), cancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(framegate.Address), Timeout = TimeSpan.FromSeconds(60) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = Enumerable.Range(0, Clients).Select(_ => LoadAsync(client, stop.Token)).ToList();
        var table = new Table("s", "event", "alpha: state", "breaker", "score", "open jobs", "beta: open jobs", "done by alpha", "done by beta", "of them with a fallback", "failed");
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), TimeProvider.System);
        for (var second = 1; second <= EndAt; second++)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            var happens = "";
            switch (second)
            {
                case KillAt:
                    happens = "alpha is killed";
                    await alpha.DisposeAsync();
                    break;
                case RestartAt:
                    happens = "alpha is started";
                    await stage.StubAtAsync(alpha.Address, cancellationToken);
                    break;
            }

            using var providers = JsonDocument.Parse(await client.GetStringAsync(new Uri("/providers", UriKind.Relative), cancellationToken));
            var rows = s_names.Select(n => providers.RootElement.GetProperty("data").EnumerateArray().Single(p => p.GetProperty("name").GetString() == n)).ToList();
            var one = rows[0].GetProperty("destinations")[0];
            table.Row(
                second, happens, one.GetProperty("state").GetString(), one.GetProperty("breaker").GetString(), one.GetProperty("score").GetDouble(),
                rows[0].GetProperty("open_jobs").GetInt32(), rows[1].GetProperty("open_jobs").GetInt32(),
                Interlocked.Exchange(ref _done[0], 0), Interlocked.Exchange(ref _done[1], 0), Interlocked.Exchange(ref _second, 0), Interlocked.Exchange(ref _failed, 0));
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        table.Print($"{Clients} clients, round robin over alpha and beta; breaker: 10 submits at least, half of them failed, open for 3 s");
    }

    private async Task LoadAsync(HttpClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var content = new StringContent(
                    """{"provider":"auto","model":"demo","media_type":"image","prompt":"A lighthouse","timeout":30}""", Encoding.UTF8, "application/json");
                using var response = await client.PostAsync(new Uri("/generations", UriKind.Relative), content, stop);
                if (!response.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref _failed);
                    continue;
                }

                var provider = response.Headers.GetValues("Framegate-Provider").Single();
                Interlocked.Increment(ref _done[provider == s_names[0] ? 0 : 1]);
                if (int.Parse(response.Headers.GetValues("Framegate-Attempts").Single(), CultureInfo.InvariantCulture) > 1)
                {
                    Interlocked.Increment(ref _second);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static string Routes(string alpha, string beta) => $$"""
        {
          "ReverseProxy": { "Clusters": {
            "alpha": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "{{alpha}}/" } } },
            "beta": { "Metadata": { "Adapter": "flux" }, "Destinations": { "only": { "Address": "{{beta}}/" } } } } },
          "Framegate": {
            "Breaker": { "BreakDuration": "00:00:03" },
            "Models": { "demo": { "Strategy": "RoundRobin", "Candidates": [
              { "Provider": "alpha", "Model": "flux-dev" }, { "Provider": "beta", "Model": "flux-dev" } ] } } }
        }
        """;
}
