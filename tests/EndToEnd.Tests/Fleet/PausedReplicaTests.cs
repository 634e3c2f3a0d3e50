using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.EndToEnd.Tests.Restart;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>A replica is paused while a provider's answer to its submit is on the way; another one takes over, and has nothing to find the job by.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class PausedReplicaTests
{
    [Fact]
    public async Task Submit_AnsweredWhileItsReplicaIsPaused_IsGivenUpByTheOther_AndFollowedOnceTheAnswerIsKnown()
    {
        using var postgres = PostgresProcess.Start();
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var line = new SlowLine(new Uri(sandbox.Address), TimeSpan.Zero, TimeSpan.Zero);
        var settings = new FramegateSettings
        {
            Sandbox = line.Address,
            Routes = Repository.RoutesWith("Limits", "{}"),
            Variables = new Dictionary<string, string> { ["Framegate__Store__Postgres"] = postgres.Address, ["Framegate__Store__Lease"] = "00:00:03" },
        };
        await using var paused = await FramegateProcess.StartAsync(settings);
        await using var other = await FramegateProcess.StartAsync(settings);

        // 1. The provider has the job; its answer arrives while nobody reads it.
        line.Hold();
        var prompt = Bodies.Unique("sandbox:ok while its replica sleeps");
        var id = await paused.Client.StartAsync(Bodies.Of(
            "runway", prompt, ("model", "gen4.5"), ("media_type", "video"), ("parameters", new JsonObject { ["duration"] = 5, ["aspect_ratio"] = "16:9" })));
        await Eventually.GetAsync(() => sandbox.PaidAsync(prompt), paid => paid == 1);
        await paused.SignalAsync("STOP");
        line.LetGo();

        // 2. The other one cannot know of it.
        var given = await Eventually.GetAsync(() => other.Client.FindAsync(id), g => g.Json.Text("status") == "failed");
        Assert.Equal("submit_outcome_unknown", given.Json.Text("error.details.reason"));

        // 3. The first one does.
        await paused.SignalAsync("CONT");
        var ended = await Eventually.GetAsync(() => other.Client.FindAsync(id), g => g.Json.Text("status") == "success");
        Assert.Equal("accepted", ended.Json.Text("metadata.attempts[0].outcome"));
        Assert.Equal(1, await sandbox.PaidAsync(prompt));
    }
}
