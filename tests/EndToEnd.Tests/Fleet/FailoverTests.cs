using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>The database is two machines, of which one dies and the other takes its place.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly PostgresProcess _primary = PostgresProcess.Start();
    private PostgresProcess _standby = null!;
    private SandboxProcess _sandbox = null!;
    private FramegateProcess[] _replicas = [];

    public async Task InitializeAsync()
    {
        _standby = _primary.StartStandby();
        _sandbox = await SandboxProcess.StartAsync();
        _replicas = await Task.WhenAll(StartAsync(), StartAsync());
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await _sandbox.DisposeAsync();
        _standby.Dispose();
        _primary.Dispose();
    }

    [Fact]
    public async Task Database_ThePrimaryDiesAndTheStandbyIsPromoted_WhatRunsGoesOnAndNewWorkIsTaken()
    {
        var (a, b) = (_replicas[0].Client, _replicas[1].Client);
        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _replicas[i % 2].Client.StartAsync(Bodies.Of(i % 2 == 0 ? "flux" : "sora", Bodies.Unique("sandbox:slow=8 through it")))));
        await Eventually.GetAsync(a.ListAsync, all => all.Count(g => g.Text("metadata.phase") == "running") >= 20);

        // Nothing new without a primary, although the standby answers; and what was acknowledged is there to be read once it is promoted.
        _primary.Leave();
        var refused = await a.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:ok not now")));
        Assert.Equal((503, true), (refused.Status, refused.Header("Retry-After") is not null));
        Assert.Equal(503, (await b.GetAsync("/health/ready")).Status);

        _standby.Promote();
        await Eventually.GetAsync(() => a.GetAsync("/health/ready"), r => r.Status == 200);
        await Eventually.GetAsync(() => b.GetAsync("/health/ready"), r => r.Status == 200);
        var ended = await Task.WhenAll(ids.Select(i => b.EndOfAsync(i)));
        Assert.All(ended, g => Assert.True(g.Text("status") == "success", g.ToString()));
        Assert.Equal(200, (await b.PostAsync(Bodies.Of("flux", Bodies.Unique("sandbox:ok again")))).Status);
        Assert.Equal(ids.Length + 1, (await _sandbox.LedgerAsync()).Select(e => e.Prompt).Distinct().Count());
        Assert.Equal(ids.Length + 1, (await _sandbox.LedgerAsync()).Count);
    }

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = _sandbox.Address,
        Routes = Repository.RoutesWith("Limits", "{}"),
        Variables = new Dictionary<string, string>
        {
            ["Framegate__Store__Postgres"] = $"Host=127.0.0.1:{_primary.Port},127.0.0.1:{_standby.Port};Username=postgres;Database=postgres",
            ["Framegate__Store__Lease"] = "00:00:03",
        },
    });
}
