using System.Globalization;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>Two replicas on one PostgreSQL spend from one budget.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class FleetBudgetTests : IAsyncLifetime
{
    private const string Key = "fleet-budget-key-11aa";
    private const string AlbumKey = "fleet-album-key-33cc";
    private const string AdminKey = "fleet-budget-admin-22bb";
    private const decimal Price = 0.04m;
    private const decimal Budget = 4.99m;
    private readonly PostgresProcess _postgres = PostgresProcess.Start();
    private SandboxProcess _sandbox = null!;
    private int _answered;
    private readonly List<FramegateProcess> _replicas = [];

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxProcess.StartAsync();
        _replicas.AddRange(await Task.WhenAll(StartAsync(), StartAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await _sandbox.DisposeAsync();
        _postgres.Dispose();
    }

    /// <remarks>Of 500 requests some succeed, some fail with nothing billed, some are cancelled, and some lose their answer; and one replica is killed in between.</remarks>
    [Fact]
    public async Task Budget_ManyRequestsOverTwoReplicas_IsNeverOverspent_AndSumsAgree()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(OrderAsync));
        var accepted = answers.Where(a => a is not null).Select(a => a!).ToList();

        // Everything ends, whoever drove it.
        var left = _replicas[1].Client;
        var settled = await Eventually.GetAsync(
            () => left.GetAsync("/admin/generations?status=processing&limit=1", Bearer(AdminKey)), a => a.Status == 200 && a.Json.At("data").GetArrayLength() == 0, 120);
        Assert.Equal(200, settled.Status);

        var shown = (await left.GetAsync("/admin/clients/shop", Bearer(AdminKey))).Json.At("spent.total").GetDecimal();
        var spend = (await left.GetAsync("/admin/spend?by=client&format=csv", Bearer(AdminKey))).Text.Split('\n')[1].Split(',');
        var paid = (await _sandbox.LedgerAsync()).Count;
        Assert.True(accepted.Count >= 1);
        Assert.True(shown <= Budget, $"{shown} of {Budget} USD");
        Assert.True(paid * Price <= Budget, $"{paid} paid");

        // What the budget counts is what the generations cost, to the millionth, once each replica has read it.
        var cost = decimal.Parse(spend[^4], CultureInfo.InvariantCulture);
        await Eventually.GetAsync(async () => (await left.GetAsync("/admin/clients/shop", Bearer(AdminKey))).Json.At("spent.total").GetDecimal(), total => total == cost);

        // What is left over is there to be spent: no reservation is left behind.
        var room = (int)((Budget - cost) / Price);
        var last = await Eventually.GetAsync(
            () => room == 0 ? Task.FromResult(402) : StatusAsync(left.PostAsync(Bodies.Of("flux", Bodies.Unique("the rest")), Bearer(Key))), s => s == (room == 0 ? 402 : 200), 150);
        Assert.Equal(room == 0 ? 402 : 200, last);
    }

    /// <remarks>Three pictures are three generations of this model, whose reservations meet those of other calls.</remarks>
    [Fact]
    public async Task Images_ManyCallsForThreeAtTheEdgeOfTheBudget_GetAllThreeOrNone()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _replicas[i % 2].Client.PostToAsync(
            "/v1/images/generations", $$"""{"model":"flux/flux-pro-1.1","prompt":"{{Bodies.Unique("an album")}}","n":3,"response_format":"url"}""", Bearer(AlbumKey))));

        // 0.5 USD are four times three pictures.
        Assert.Equal(Enumerable.Repeat(3, 4), answers.Where(a => a.Status == 200).Select(a => a.Json.At("data").GetArrayLength()));
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Equal("insufficient_quota", a.Json.Text("error.code")));
        Assert.Equal(12, (await _sandbox.LedgerAsync()).Count);
    }

    [Fact]
    public async Task Client_MadeAndRevokedAtOneReplica_IsSoAtTheOther_StreamsIncluded()
    {
        var (a, b) = (_replicas[0].Client, _replicas[1].Client);
        using var body = new StringContent("""{"name":"app1"}""", System.Text.Encoding.UTF8, "application/json");
        var key = (await a.SendAsync(HttpMethod.Post, "/admin/clients", body, Bearer(AdminKey))).Json.Text("key");
        await Eventually.GetAsync(() => b.GetAsync("/whoami", Bearer(key)), w => w.Status == 200);
        using var http = new HttpClient { BaseAddress = _replicas[1].Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/generations") { Headers = { { "Authorization", "Bearer " + key }, { "Accept", "text/event-stream" } } };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await reader.ReadLineAsync() != "event: page")
        {
        }

        Assert.Equal(204, (await a.SendAsync(HttpMethod.Delete, "/admin/clients/app1", null, Bearer(AdminKey))).Status);

        await Eventually.GetAsync(() => b.GetAsync("/whoami", Bearer(key)), w => w.Status == 401);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
    }

    private static async Task<int> StatusAsync(Task<HttpAnswer> answer) => (await answer).Status;

    /// <summary>One request: at one of the replicas, of one of several kinds.</summary>
    private async Task<HttpAnswer?> OrderAsync(int i)
    {
        var kind = (i % 10) switch { 7 => "sandbox:error", 8 => "sandbox:slow=5", 9 => "sandbox:drop", _ => "sandbox:slow=1" };
        try
        {
            var client = _replicas[i % 2].Client;
            var answer = await client.PostAsync(Bodies.Of("flux", $"{kind} {Bodies.Unique("a boat")} {i}"), Bearer(Key), ("Prefer", i % 10 == 8 ? "respond-async" : "wait=60"));
            if (answer.Status == 202 && i % 10 == 8)
            {
                await client.SendAsync(HttpMethod.Delete, "/generations/" + answer.Json.Text("request_id"), null, Bearer(Key));
            }

            if (Interlocked.Increment(ref _answered) == 60)
            {
                await _replicas[0].KillAsync();
            }

            return answer.Status is 200 or 202 ? answer : null;
        }
        catch (HttpRequestException)
        {
            // Its replica is killed.
            return null;
        }
    }

    private static (string, string) Bearer(string key) => ("Authorization", "Bearer " + key);

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = _sandbox.Address,
        Routes = Repository.RoutesWith("Clients", """{"shop":{"KeyEnv":"SHOP_KEY","Budget":{"Total":BUDGET}},"album":{"KeyEnv":"ALBUM_KEY","Budget":{"Total":0.5}}}""".Replace("BUDGET", Budget.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)),
        Variables = new Dictionary<string, string>
        {
            ["SHOP_KEY"] = Key,
            ["ALBUM_KEY"] = AlbumKey,
            ["FRAMEGATE_ADMIN_KEY"] = AdminKey,
            ["Framegate__Store__Postgres"] = _postgres.Address,
            ["Framegate__Store__Lease"] = "00:00:05",
            ["Framegate__Cache__Enabled"] = "false",
            ["Framegate__Jobs__FindWindow"] = "00:00:02",
            ["Framegate__Limits__flux__RequestsPerMinute"] = "100000",
        },
    });
}
