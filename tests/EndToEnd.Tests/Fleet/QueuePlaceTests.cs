using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>Who waits for a turn at one replica is shown with its place at every other.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class QueuePlaceTests
{
    [Fact]
    public async Task Find_ItWaitsAtAnotherReplica_ShowsItsPlaceAndItsEnd()
    {
        using var postgres = PostgresProcess.Start();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings
        {
            Sandbox = sandbox.Address,
            Routes = Repository.RoutesWith("Limits", """{ "flux": { "JobsAtOnce": 1, "RequestsPerMinute": 600 } }"""),
            Variables = new Dictionary<string, string> { ["Framegate__Store__Postgres"] = postgres.Address, ["Framegate__Store__Lease"] = "00:00:03" },
        };
        await using var driver = await FramegateProcess.StartAsync(settings);
        await using var other = await FramegateProcess.StartAsync(settings);

        var running = await driver.Client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:slow=600 in front")));
        List<string> waiting = [];
        for (var i = 0; i < 3; i++)
        {
            waiting.Add(await driver.Client.StartAsync(Bodies.Of("flux", Bodies.Unique("sandbox:ok behind"))));
        }

        var last = await Eventually.GetAsync(() => other.Client.FindAsync(waiting[2]), f => f.Json.Find("metadata.queue.position") is not null);
        Assert.Equal(3, last.Json.At("metadata.queue.position").GetInt32());
        Assert.Equal("queued", last.Json.Text("metadata.phase"));
        Assert.True(last.Json.At("metadata.queue.waited_ms").GetInt64() > 0);
        var listed = (await other.Client.ListAsync()).Single(g => g.Text("request_id") == waiting[1]);
        Assert.Equal(2, listed.At("metadata.queue.position").GetInt32());

        // It waits no more: the place is gone, and how long it has waited stays.
        await other.Client.SendAsync(HttpMethod.Delete, "/generations/" + running);
        Assert.Equal("success", (await other.Client.EndOfAsync(waiting[2])).Text("status"));
        var ended = (await other.Client.FindAsync(waiting[2])).Json;
        Assert.Null(ended.Find("metadata.queue.position"));
        Assert.True(ended.At("metadata.queue.waited_ms").GetInt64() > 0);
    }
}
