using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>
/// Kills the gateway again and again under load, at moments that are spread over it, and counts by the ledger what has become of every request. Submits take 0.4 s.
/// Recovery is killed as well: nothing waits for the end of a round.
/// </summary>
internal sealed class CrashMatrix : IAsyncDisposable
{
    /// <summary>Kind a: Postcard takes an idempotency key.</summary>
    public const string Keyed = "postcard";

    /// <summary>Kind c: Sora's list is complete.</summary>
    public const string Listed = "sora";

    /// <summary>Kind c: what fal's list lacks may exist all the same.</summary>
    public const string PartlyListed = "pika";

    /// <summary>Kind b: Flux calls back.</summary>
    public const string Calling = "flux";

    /// <summary>Kind d: Runway says nothing.</summary>
    public const string Silent = "runway";

    private const int EachProvider = 6;
    private const double LoadSeconds = 1.3;
    private static readonly string[] _providers = [Keyed, Calling, Listed, PartlyListed, Silent];

    // Providers call the gateway back, so it must come back at the same address.
    private readonly int _port = FreePort.Next();
    private readonly Random _random;
    private readonly TempFolder _data = new();
    private readonly ConcurrentDictionary<string, string> _cards = new();
    private readonly ConcurrentBag<string> _acknowledged = [];
    private readonly ConcurrentBag<string> _sent = [];
    private readonly SandboxProcess _sandbox;
    private readonly ScriptedServer _postcard;
    private readonly SlowLine _toSandbox;
    private readonly SlowLine _toPostcard;

    private CrashMatrix(SandboxProcess sandbox, int seed)
    {
        _random = new Random(seed);
        _sandbox = sandbox;
        _postcard = new ScriptedServer(Print);
        _toSandbox = new SlowLine(new Uri(sandbox.Address), TimeSpan.FromSeconds(0.15), TimeSpan.FromSeconds(0.25));
        _toPostcard = new SlowLine(new Uri(_postcard.Address), TimeSpan.FromSeconds(0.15), TimeSpan.FromSeconds(0.25));
    }

    /// <summary>Starts the providers.</summary>
    /// <param name="seed">Decides the moments.</param>
    public static async Task<CrashMatrix> StartAsync(int seed) => new(await SandboxProcess.StartAsync(), seed);

    public async ValueTask DisposeAsync()
    {
        await _toSandbox.DisposeAsync();
        await _toPostcard.DisposeAsync();
        await _postcard.DisposeAsync();
        await _sandbox.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>Kills that many times, and lets all come to its end.</summary>
    public async Task<CrashReport> RunAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            var framegate = await FramegateProcess.StartAsync(Settings());
            await using (framegate)
            {
                var load = Load(framegate.Client, round).ToList();

                // Each tenth of the load and of what comes after it is met as often as any other.
                await Task.Delay(TimeSpan.FromSeconds(0.03 + (2.2 * (round * 37 % rounds) / rounds)), TimeProvider.System);
                await framegate.KillAsync();
                await Task.WhenAll(load);
            }
        }

        await using var last = await FramegateProcess.StartAsync(Settings());
        IReadOnlyList<JsonElement> ended;
        try
        {
            ended = await Eventually.GetAsync(last.Client.ListAsync, all => all.All(g => g.Text("status") != "processing"), seconds: 150);
        }
        catch (TimeoutException)
        {
            ended = await last.Client.ListAsync();
        }

        var ledger = (await _sandbox.LedgerAsync()).Select(e => e.Prompt).Concat(_cards.Values).ToLookup(p => p);
        return new CrashReport(rounds, _sent.Count, [.. _acknowledged], ended, ledger);
    }

    private IEnumerable<Task> Load(GatewayClient client, int round) =>
        from n in Enumerable.Range(0, EachProvider)
        from provider in _providers
        let after = TimeSpan.FromSeconds(_random.NextDouble() * LoadSeconds)
        select SendAsync(client, provider, string.Create(CultureInfo.InvariantCulture, $"round {round} number {n} {provider} sandbox:slow=0.{1 + (n * 3 % 9)}"), n % 2 == 0, after);

    private async Task SendAsync(GatewayClient client, string provider, string prompt, bool wait, TimeSpan after)
    {
        await Task.Delay(after, TimeProvider.System);
        try
        {
            _sent.Add(prompt);
            var answer = await client.PostAsync(BodyOf(provider, prompt), wait ? [] : [("Prefer", "respond-async")]);
            if (answer.Status is 200 or 202)
            {
                _acknowledged.Add(answer.Json.Text("request_id"));
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // It was killed: nothing was promised.
        }
    }

    private static string BodyOf(string provider, string prompt)
    {
        // Who waits for a call about a job that does not exist is told after that.
        (string, JsonNode?) timeout = ("timeout", 60);
        return provider switch
        {
            Listed or Calling => Bodies.Of(provider, prompt, timeout),
            Keyed => Bodies.Of(provider, prompt, ("model", "postcard-1"), ("media_type", "text"), timeout),
            Silent => Bodies.Of(
                provider, prompt, ("model", "gen4.5"), ("media_type", "video"), ("parameters", new JsonObject { ["duration"] = 5, ["aspect_ratio"] = "16:9" }), timeout),
            _ => Bodies.Of(provider, prompt, ("model", "v2.2/text-to-video"), ("media_type", "video"), timeout),
        };
    }

    /// <summary>Postcard: one card for each key, and the same answer to whoever asks again.</summary>
    private Reaction Print(ScriptedRequest request)
    {
        if (request.Method != "POST")
        {
            return Reaction.Answer(200, "{}");
        }

        var text = JsonElement.Parse(request.Text).Text("text");
        return request.Headers.TryGetValue("Idempotency-Key", out var key) && _cards.GetOrAdd(key, text) == text
            ? Reaction.Answer(200, $$"""{"text":"{{text}}"}""")
            : Reaction.Answer(409, """{"error":"The key belongs to another card."}""");
    }

    private FramegateSettings Settings()
    {
        var routes = JsonNode.Parse(Repository.RoutesWith("Limits", "{}"))!;
        routes["ReverseProxy"]!["Clusters"] = new JsonObject(_providers.Select(p => new KeyValuePair<string, JsonNode?>(p, new JsonObject
        {
            ["Destinations"] = new JsonObject { ["only"] = new JsonObject { ["Address"] = p == Keyed ? _toPostcard.Address + "/" : $"{_toSandbox.Address}/{p}/{(p == Calling ? "eu1/" : "")}" } },
        })));
        routes["ReverseProxy"]!["Routes"] = new JsonObject();
        routes["Framegate"]!["Models"] = new JsonObject();
        routes["Framegate"]!["Jobs"] = new JsonObject { ["PublicUrl"] = $"http://127.0.0.1:{_port}/" };
        return new FramegateSettings
        {
            Routes = routes.ToJsonString(),
            Data = _data.Path,
            Port = _port,
            Plugins = Path.Combine(AppContext.BaseDirectory, "plugins"),
            Variables = new[] { "BFL_API_KEY", "OPENAI_API_KEY", "FAL_KEY", "POSTCARD_KEY", "RUNWAYML_API_SECRET" }.ToDictionary(v => v, _ => "key"),
        };
    }
}

/// <summary>What has become of the requests.</summary>
/// <param name="Rounds">How often the gateway was killed.</param>
/// <param name="Requests">How many requests were sent.</param>
/// <param name="Acknowledged">The ids that clients were given.</param>
/// <param name="Generations">All that the gateway knows.</param>
/// <param name="Ledger">What was paid, by prompt.</param>
internal sealed record CrashReport(
    int Rounds, int Requests, IReadOnlyList<string> Acknowledged, IReadOnlyList<JsonElement> Generations, ILookup<string, string> Ledger)
{
    private readonly HashSet<string> _ids = [.. Generations.Select(g => g.Text("request_id"))];

    public int Lost => Acknowledged.Count(id => !_ids.Contains(id));

    public int PaidTwice => Ledger.Count(p => p.Count() > 1);

    public int Stuck => Generations.Count(g => g.Text("status") == "processing");

    /// <summary>Lost submits whose job the provider has named by a call.</summary>
    public int FoundByCall => Generations.SelectMany(g => g.At("metadata.attempts").EnumerateArray())
        .Count(a => a.TryGetProperty("reconciled", out var by) && by.GetString() == "callback" && a.Text("outcome") == "accepted");

    /// <summary>Ended with anything but a result.</summary>
    public IReadOnlyList<JsonElement> Failed => [.. Generations.Where(g => g.Text("status") == "failed")];

    /// <summary>Jobs that were paid, and more of them than there are results of the provider: those whose generation was given up, or never was on the disk.</summary>
    public int PaidGivenUp(string provider) =>
        Ledger.Count(p => p.Key.Contains(provider, StringComparison.Ordinal)) - Generations.Count(g => g.Text("provider") == provider && g.Text("status") == "success");

    /// <summary>Ended as unknown, and nothing was paid.</summary>
    public int UnpaidGivenUp(string provider) => Failed.Count(g => g.Text("provider") == provider) - PaidGivenUp(provider);

    public override string ToString() =>
        $"ROUNDS={Rounds} REQUESTS={Requests} STORED={Generations.Count} ACKED={Acknowledged.Count} LOST={Lost} DOUBLED={PaidTwice} STUCK={Stuck} FAILED={Failed.Count} "
        + string.Join(' ', new[] { CrashMatrix.Keyed, CrashMatrix.Calling, CrashMatrix.Listed, CrashMatrix.PartlyListed, CrashMatrix.Silent }.Select(p =>
            $"{p}(paid and given up {PaidGivenUp(p)}, unpaid and given up {UnpaidGivenUp(p)})"))
        + " RECONCILED " + string.Join(' ', Generations.SelectMany(g => g.At("metadata.attempts").EnumerateArray())
            .Where(a => a.TryGetProperty("reconciled", out _)).GroupBy(a => a.Text("reconciled") + "/" + a.Text("outcome")).Select(g => $"{g.Key}={g.Count()}"));
}
