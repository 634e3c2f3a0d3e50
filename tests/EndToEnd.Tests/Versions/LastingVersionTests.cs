using System.Text.Json;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Versions;

/// <summary>The version outlives the connection and the program; and says when it will end.</summary>
public sealed class LastingVersionTests : IDisposable
{
    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Callback_OlderVersion_SpeaksIt()
    {
        await using var receiver = new ScriptedServer(_ => Reaction.Answer(204, ""));
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });

        var answer = await framegate.Client.PostAsync(
            OlderBodies.Of("1.0", Bodies.Unique("A lighthouse"), ("callback_url", receiver.Address + "/hook")));

        Assert.Equal(202, answer.Status);
        OlderVersionTests.AssertIs("1.0", answer.Json);
        var call = (await Eventually.GetAsync(() => Task.FromResult(receiver.Requests), calls => calls.Count > 0))[0];
        using var told = JsonDocument.Parse(call.Body);
        OlderVersionTests.AssertIs("1.0", told.RootElement);
        Assert.Equal("1.0", call.Headers["Framegate-Schema-Version"]);
        Assert.Equal("success", told.RootElement.Text("status"));
    }

    [Fact]
    public async Task Generation_ProgramIsKilled_IsFinishedAndAnsweredInItsVersion()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = _data.Path };
        var prompt = Bodies.Unique("sandbox:slow=3");
        string id;
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            id = await first.Client.StartAsync(OlderBodies.Of("1.0", prompt));
            await Eventually.GetAsync(
                () => first.Client.GetAsync("/generations/" + id, ("Framegate-Schema-Version", "2.0")), a => a.Json.Text("metadata.phase") == "running");
            await first.KillAsync();
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var done = await second.Client.EndOfAsync(id);

        OlderVersionTests.AssertIs("1.0", done);
        Assert.Equal("success", done.Text("status"));
        Assert.Equal(1, await sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Answer_VersionIsMarked_SaysSinceWhenAndUntilWhen()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings
        {
            Sandbox = "",
            Routes = Repository.RoutesWith("SchemaVersions", """{ "1.0": { "Deprecated": "2026-12-31", "Sunset": "2027-12-31" } }"""),
        });

        var old = await framegate.Client.PostAsync(OlderBodies.Of("1.0", Bodies.Unique("A lighthouse")));
        var newer = await framegate.Client.PostAsync(OlderBodies.Of("1.1", Bodies.Unique("A lighthouse")));

        Assert.Equal(("@1798675200", "Fri, 31 Dec 2027 00:00:00 GMT"), (old.Header("Deprecation"), old.Header("Sunset")));
        Assert.Equal((null, null), (newer.Header("Deprecation"), newer.Header("Sunset")));
    }
}
