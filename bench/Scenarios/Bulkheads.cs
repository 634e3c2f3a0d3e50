using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>
/// What one client waits for whole generations, alone, and while something else misbehaves: a provider that never answers, results that come at a byte a second, receivers of
/// callbacks that never answer, another client's 300 jobs in the queue of the same provider. Four requests at a time.
/// </summary>
internal sealed class Bulkheads : IScenario
{
    private const double Limit = 1.5;
    private const int Many = 300;
    private const int AtOnce = 4;
    private const string Good = "flux";

    public string Name => "bulkheads";

    public async Task RunAsync(BenchArguments arguments, int? number, CancellationToken cancellationToken)
    {
        var many = number ?? Many;
        var table = new Table("Meanwhile", "alone, p50 ms", "meanwhile, p50 ms", "p50, meanwhile / alone", "alone, p95 ms", "meanwhile, p95 ms", "verdict");
        await RowAsync(table, arguments, $"{many} submits at a provider that never answers", Good, withKeys: true,
            (stub, gate) => gate.OrderAsync("hanging", many, null), cancellationToken);
        await RowAsync(table, arguments, $"{many} results at a byte a second", Good, withKeys: true,
            (stub, gate) => gate.OrderAsync("slow", many, null), cancellationToken);
        await RowAsync(table, arguments, $"{many} callbacks to receivers that never answer; until one's own callback comes", Good, withKeys: false,
            (stub, gate) => gate.OrderAsync(Good, many, stub.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) + "/hang/callback"), cancellationToken, waitsForCallback: true);
        await RowAsync(table, arguments, $"{many} jobs of another client in the provider's queue", "limited", withKeys: true,
            (stub, gate) => gate.OrderAsync("limited", many, null), cancellationToken);
        table.Print($"One client's generations, {AtOnce} at a time, {arguments.Rounds * arguments.Seconds} s each");
    }

    private static async Task RowAsync(
        Table table, BenchArguments arguments, string what, string provider, bool withKeys, Func<ServerProcess, Gate, Task> disturb, CancellationToken cancellationToken,
        bool waitsForCallback = false)
    {
        await using var stage = new Stage();
        var stub = await stage.StubAsync(cancellationToken);
        var framegate = await stage.FramegateWithAsync(Routes(stub, withKeys), cancellationToken);
        using var noisy = new Gate(framegate, withKeys ? "noisy" : null);
        using var quiet = new Gate(framegate, withKeys ? "quiet" : null);
        async Task<List<double>> Measure(TimeSpan time) => await quiet.MeasureAsync(provider, waitsForCallback ? stub : null, time, cancellationToken);
        await Measure(TimeSpan.FromSeconds(10));
        var span = TimeSpan.FromSeconds(arguments.Rounds * arguments.Seconds);
        var alone = await Measure(span);
        await disturb(stub, noisy);
        var meanwhile = await Measure(span);
        var ratio = At(meanwhile, 0.5) / At(alone, 0.5);
        table.Row(what, At(alone, 0.5), At(meanwhile, 0.5), ratio, At(alone, 0.95), At(meanwhile, 0.95), ratio <= Limit ? "holds" : "DOES NOT HOLD");
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];

    private static string Routes(ServerProcess stub, bool withKeys)
    {
        string[] providers = ["flux", "hanging", "slow", "limited"];
        string[] below = ["", "hang/", "slow/", ""];
        var clusters = providers.Zip(below, (name, path) => $$"""
            "{{name}}": { "Metadata": { "Adapter": "flux" }, "Destinations": { "stub": { "Address": "{{stub.Address}}/{{path}}" } } }
            """);
        var clients = !withKeys ? "" : $$"""
            , "Clients": { "noisy": { "KeyHash": "{{Hash("noisy")}}" }, "quiet": { "KeyHash": "{{Hash("quiet")}}" } }
            """;
        return $$"""
            { "Framegate": { "Limits": { "limited": { "JobsAtOnce": 8, "MaxQueued": 10000 } }, "Cache": { "Enabled": false }{{clients}} },
              "ReverseProxy": { "Clusters": { {{string.Join(", ", clusters)}} } } }
            """;
    }

    private static string Hash(string name) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(KeyOf(name))));

    private static string KeyOf(string name) => $"bench-key-of-{name}-0000000000000000";

    /// <summary>One client of the gateway.</summary>
    private sealed class Gate : IDisposable
    {
        private static int s_number;
        private readonly HttpClient _client;

        public Gate(ServerProcess framegate, string? name)
        {
            _client = new HttpClient { BaseAddress = new Uri(framegate.Address), Timeout = TimeSpan.FromMinutes(5) };
            _client.DefaultRequestHeaders.Authorization = name is null ? null : new AuthenticationHeaderValue("Bearer", KeyOf(name));
        }

        /// <summary>Orders generations without waiting for them.</summary>
        public async Task OrderAsync(string provider, int count, string? callback)
        {
            for (var i = 0; i < count; i++)
            {
                using var answer = await _client.SendAsync(Request(provider, callback, waits: false));
                if ((int)answer.StatusCode != StatusCodes.Status202Accepted)
                {
                    throw new BenchException($"{provider}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                }
            }
        }

        /// <summary>How long generations take, milliseconds, the shortest first.</summary>
        public async Task<List<double>> MeasureAsync(string provider, ServerProcess? receiver, TimeSpan time, CancellationToken cancellationToken)
        {
            var began = Stopwatch.GetTimestamp();
            var took = new List<double>();
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                while (Stopwatch.GetElapsedTime(began) < time)
                {
                    var start = Stopwatch.GetTimestamp();
                    var id = Guid.NewGuid().ToString("n");
                    using var answer = await _client.SendAsync(Request(provider, receiver is null ? null : $"{receiver.Address}/bench/call/{id}", waits: receiver is null), cancellationToken);
                    if (!answer.IsSuccessStatusCode)
                    {
                        throw new BenchException($"{provider}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
                    }

                    if (receiver is not null)
                    {
                        using var called = await _client.GetAsync(new Uri($"{receiver.Address}/bench/called/{id}"), cancellationToken);
                        called.EnsureSuccessStatusCode();
                    }

                    lock (took)
                    {
                        took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    }
                }
            }));
            took.Sort();
            return took;
        }

        public void Dispose() => _client.Dispose();

        private static HttpRequestMessage Request(string provider, string? callback, bool waits)
        {
            var number = Interlocked.Increment(ref s_number).ToString(CultureInfo.InvariantCulture);
            var request = new HttpRequestMessage(HttpMethod.Post, "/generations")
            {
                Content = new StringContent(
                    $$"""{"provider":"{{provider}}","model":"flux-dev","media_type":"image","prompt":"number {{number}}"{{(callback is null ? "" : $",\"callback_url\":\"{callback}\"")}}}""",
                    Encoding.UTF8, "application/json"),
            };
            if (!waits)
            {
                request.Headers.Add("Prefer", "respond-async");
            }

            return request;
        }
    }
}
