using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>Many clients, and providers that do whatever providers do: nobody pays twice, and nothing is left behind.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class StormTests : IAsyncLifetime
{
    private const int Clients = 200;
    private const int Requests = 6000;
    private const string Secret = "X-Upstream-Secret: leaked";
    private readonly RoutingGateway _gateway = new();
    private readonly ConcurrentDictionary<string, int> _maybePaid = new(StringComparer.Ordinal);
    private FramegateProcess _framegate = null!;

    public async Task InitializeAsync() =>
        _framegate = await _gateway.StartAsync("""{ "MinimumThroughput": 40, "FailureRatio": 0.8, "BreakDuration": "00:00:01" }""", patience: 2);

    public async Task DisposeAsync()
    {
        await _framegate.DisposeAsync();
        await _gateway.Alpha.DisposeAsync();
        await _gateway.Beta.DisposeAsync();
    }

    [Fact]
    public async Task Post_ProvidersDoWhateverTheyLike_NobodyPaysTwice()
    {
        Misbehave(_gateway.Alpha, new Random(1));
        Misbehave(_gateway.Beta, new Random(2));
        var answers = new ConcurrentBag<(string Prompt, HttpAnswer Answer)>();
        var next = 0;

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (int n; (n = Interlocked.Increment(ref next)) <= Requests;)
            {
                var prompt = $"storm {n}";
                var body = RoutingGateway.Body(
                    (n % 3) switch { 0 => "first", 1 => "even", _ => "closed-first" }, prompt,
                    ("metadata", new JsonObject { ["n"] = prompt }), ("timeout", 60));
                answers.Add((prompt, await _framegate.Client.PostAsync(body)));
            }
        })));

        Assert.Equal(Requests, answers.Count);
        Assert.DoesNotContain(_maybePaid, p => p.Value > 1);
        foreach (var (prompt, answer) in answers)
        {
            Assert.Equal(prompt, answer.Json.Text("metadata.request.n"));
            Assert.Null(answer.Header("X-Upstream-Secret"));
            Assert.NotEqual("UNKNOWN_ERROR", answer.Json.Find("error.code")?.GetString());
            Assert.Equal(answer.Status == 200, answer.Json.Text("status") == "success");
            var paid = answer.Json.At("metadata.attempts").EnumerateArray().Count(a => a.Text("outcome") is "accepted" or "unknown");
            Assert.InRange(paid, 0, 1);
            Assert.Equal(answer.Status == 200, paid == 1 && answer.Json.Text("metadata.phase") == "succeeded");
        }

        Assert.InRange(answers.Count(a => a.Answer.Status == 200), Requests / 3, Requests);
        await CountersAreZeroAsync();
    }

    private async Task CountersAreZeroAsync()
    {
        var providers = await Eventually.GetAsync(
            async () => (await _framegate.Client.GetAsync("/providers")).Json.At("data"),
            data => data.EnumerateArray().All(p => p.At("open_jobs").GetInt32() == 0
                && p.At("destinations").EnumerateArray().All(d => d.At("open_jobs").GetInt32() == 0 && d.At("concurrent_requests").GetInt32() == 0)));
        Assert.Equal(JsonValueKind.Array, providers.ValueKind);
    }

    private void Misbehave(ChaosProvider provider, Random random)
    {
        var good = provider.Submit;
        provider.Submit = request =>
        {
            double roll;
            lock (random)
            {
                roll = random.NextDouble();
                if (roll > 0.98)
                {
                    // Before anything of it is read: some other connection meets it.
                    provider.Server.ResetConnections(1);
                }
            }

            switch (roll)
            {
                case < 0.12:
                    return Reaction.Answer(429, "{}", "application/json", Secret);
                case < 0.20:
                    return Reaction.Answer(503, "{}", "application/json", Secret);
            }

            // From here on the provider may have taken the job.
            using (var body = JsonDocument.Parse(request.Body))
            {
                _maybePaid.AddOrUpdate(body.RootElement.Text("prompt"), 1, (_, count) => count + 1);
            }

            return roll switch
            {
                < 0.24 => Reaction.Answer(500, "{}", "application/json", Secret),
                < 0.28 => Reaction.Reset,
                < 0.285 => Reaction.Hang,
                < 0.32 => Reaction.Cut(200, "{\"id\":\"job-x\","u8.ToArray(), "application/json"),
                _ => good(request),
            };
        };
    }
}
