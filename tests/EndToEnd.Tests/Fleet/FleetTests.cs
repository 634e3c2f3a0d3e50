using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>Three replicas on one PostgreSQL, with the providers apart: any of them takes any call, and any of them may die.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class FleetTests : IAsyncLifetime
{
    private readonly PostgresProcess _postgres = PostgresProcess.Start();
    private SandboxProcess _sandbox = null!;
    private SwiftProcess _swift = null!;
    private FramegateProcess[] _replicas = [];

    public async Task InitializeAsync()
    {
        var starting = SwiftProcess.StartAsync();
        _sandbox = await SandboxProcess.StartAsync();
        _swift = await starting;
        await _swift.MakeBucketAsync("media");
        _replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await _swift.DisposeAsync();
        await _sandbox.DisposeAsync();
        _postgres.Dispose();
    }

    [Fact]
    public async Task Fleet_AnyReplicaTakesAnyCall_AndAnyMayDie()
    {
        var (a, b, c) = (_replicas[0].Client, _replicas[1].Client, _replicas[2].Client);

        // 1. Identical requests over all replicas pay once.
        var same = Bodies.Of("flux", Bodies.Unique("sandbox:slow=2 all the same"));
        var burst = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _replicas[i % 3].Client.PostAsync(same)));
        Assert.All(burst, answer => Assert.True(answer.Status == 200, answer.ToString()));
        Assert.Single(await _sandbox.LedgerAsync());

        // Each has all files, wherever they were made, and parts of them: the bucket has them.
        var item = burst[0].Json.At("result.media[0]");
        foreach (var replica in new[] { a, b, c })
        {
            var path = new Uri(item.Text("url")).AbsolutePath;
            var whole = await replica.GetAsync(path);
            Assert.Equal(item.Text("sha256"), Convert.ToHexStringLower(SHA256.HashData(whole.Body)));
            var part = await replica.GetAsync(path, ("Range", "bytes=-100"));
            Assert.Equal(206, part.Status);
            Assert.Equal(whole.Body[^100..], part.Body);
        }

        var prompt = Bodies.Unique("sandbox:ok an edit");

        // 2. What one replica drives is seen, waited for, repeated and cancelled at the others.
        var known = Bodies.Of("flux", Bodies.Unique("sandbox:slow=60 to be cancelled"));
        var first = await a.PostAsync(known, ("Prefer", "respond-async"), ("Idempotency-Key", "fleet-1"));
        var id = first.Json.Text("request_id");
        Assert.Equal(id, (await b.PostAsync(known, ("Idempotency-Key", "fleet-1"))).Json.Text("request_id"));
        await Eventually.GetAsync(() => c.FindAsync(id), f => f.Json.Text("metadata.phase") == "running");
        var cancelled = await b.SendAsync(HttpMethod.Delete, "/generations/" + id);
        Assert.Equal(("failed", "cancelled"), (cancelled.Json.Text("status"), cancelled.Json.Text("error.details.reason")));
        Assert.Equal("failed", (await c.FindAsync(id)).Json.Text("status"));

        // A large input is no file of one replica: the others know the order by what is in it.
        var picture = new byte[300_001];
        new Random(picture.Length).NextBytes(picture);
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "still.png")).CopyTo(picture, 0);
        string Edit(byte last)
        {
            picture[^1] = last;
            return Bodies.Of(
                "flux", prompt, ("model", "flux-kontext-pro"), ("parameters", new JsonObject { ["image"] = "data:image/png;base64," + Convert.ToBase64String(picture) }));
        }

        var made = await a.PostAsync(Edit(1), ("Idempotency-Key", "fleet-2"));
        Assert.True(made.Status == 200, made.ToString());
        Assert.Equal(made.Json.Text("request_id"), (await b.PostAsync(Edit(1), ("Idempotency-Key", "fleet-2"))).Json.Text("request_id"));
        Assert.Equal(422, (await c.PostAsync(Edit(2), ("Idempotency-Key", "fleet-2"))).Status);
        Assert.Equal(1, await _sandbox.PaidAsync(prompt));

        // 3. One is killed, one is paused for longer than its lease, and the third takes over what they drove; nothing is submitted again.
        var ids = await Task.WhenAll(Enumerable.Range(0, 45).Select(i => _replicas[i % 3].Client.StartAsync(Bodies.Of(i % 2 == 0 ? "flux" : "sora", Bodies.Unique("sandbox:slow=5 shared")))));
        await Eventually.GetAsync(b.ListAsync, all => all.Count(g => g.Text("metadata.phase") == "running") >= 40);
        await _replicas[0].KillAsync();
        await _replicas[2].SignalAsync("STOP");
        var ended = await Task.WhenAll(ids.Select(i => b.EndOfAsync(i)));
        Assert.All(ended, g => Assert.True(g.Text("status") == "success", g.ToString()));
        await _replicas[2].SignalAsync("CONT");

        // 4. The one that was paused finds its place again, and hands over at once when it is asked to stop.
        var more = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => c.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=4 handed over")))));
        await Eventually.GetAsync(b.ListAsync, all => all.Count(g => g.Text("metadata.phase") == "running") >= 10);
        await _replicas[2].TerminateAsync();
        Assert.Equal(0, await _replicas[2].ExitAsync());
        var handedOver = await Task.WhenAll(more.Select(i => b.EndOfAsync(i)));
        Assert.All(handedOver, g => Assert.True(g.Text("status") == "success", g.ToString()));

        // 5. The database is away for a moment: nothing new is taken, and what runs is held.
        var last = await b.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=4 through an outage")));
        await Eventually.GetAsync(() => b.FindAsync(last), f => f.Json.Text("metadata.phase") == "running");
        _postgres.Leave();
        var refused = await b.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:ok not now")));
        Assert.Equal(503, refused.Status);
        Assert.Equal(503, (await b.GetAsync("/health/ready")).Status);
        _postgres.Return();
        Assert.Equal("success", (await b.EndOfAsync(last)).Text("status"));

        // Whatever happened: one submit each.
        var ledger = await _sandbox.LedgerAsync();
        Assert.Equal(ledger.Count, ledger.Distinct().Count());
        Assert.Equal(1 + 1 + 1 + ids.Length + more.Length + 1, ledger.Count);
    }

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = _sandbox.Address,
        Routes = Repository.RoutesWith("Limits", "{}"),
        Variables = new Dictionary<string, string>
        {
            ["Framegate__Store__Postgres"] = _postgres.Address,
            ["Framegate__Store__Lease"] = "00:00:03",
            ["Framegate__Media__Bucket__Endpoint"] = _swift.Address.AbsoluteUri,
            ["Framegate__Media__Bucket__Name"] = "media",
            ["AWS_ACCESS_KEY_ID"] = SwiftProcess.Key,
            ["AWS_SECRET_ACCESS_KEY"] = SwiftProcess.Secret,
        },
    });
}
