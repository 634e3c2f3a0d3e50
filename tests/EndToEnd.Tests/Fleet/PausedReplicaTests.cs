using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.EndToEnd.Tests.Restart;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>A replica is paused while a provider's answer to its submit is on the way; another one takes over, and has nothing to find the job by.</summary>
[Collection(HeavyTests.Name)]
public sealed class PausedReplicaTests : IAsyncLifetime
{
    private readonly PostgresProcess _postgres = PostgresProcess.Start();
    private SandboxProcess _sandbox = null!;
    private SlowLine _line = null!;
    private FramegateProcess[] _replicas = [];

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxProcess.StartAsync();
        _line = new SlowLine(new Uri(_sandbox.Address), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        _replicas = await Task.WhenAll(StartAsync(), StartAsync());
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await _line.DisposeAsync();
        await _sandbox.DisposeAsync();
        _postgres.Dispose();
    }

    [Fact]
    public async Task Submit_AnsweredWhileItsReplicaIsPaused_IsGivenUpByTheOther_AndFollowedOnceTheAnswerIsKnown()
    {
        var prompt = Bodies.Unique("sandbox:ok while its replica sleeps");
        var id = await _replicas[0].Client.StartAsync(Bodies.Of(
            "runway", prompt, ("model", "gen4.5"), ("media_type", "video"), ("parameters", new JsonObject { ["duration"] = 5, ["aspect_ratio"] = "16:9" })));
        await Eventually.GetAsync(() => _sandbox.PaidAsync(prompt), paid => paid == 1);
        await _replicas[0].SignalAsync("STOP");

        var other = _replicas[1].Client;
        var given = await Eventually.GetAsync(() => other.FindAsync(id), g => g.Json.Text("status") == "failed", 60);
        Assert.Equal("submit_outcome_unknown", given.Json.Text("error.details.reason"));

        await _replicas[0].SignalAsync("CONT");
        var ended = await Eventually.GetAsync(() => other.FindAsync(id), g => g.Json.Text("status") == "success", 60);
        Assert.Equal("accepted", ended.Json.Text("metadata.attempts[0].outcome"));
        Assert.Equal(1, await _sandbox.PaidAsync(prompt));
    }

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = _line.Address,
        Routes = Repository.RoutesWith("Limits", "{}"),
        Variables = new Dictionary<string, string> { ["Framegate__Store__Postgres"] = _postgres.Address, ["Framegate__Store__Lease"] = "00:00:03" },
    });
}
