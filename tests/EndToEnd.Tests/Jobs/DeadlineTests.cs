using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A provider where a cancel at the deadline stops the bill, and may throw away what is finished.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    // Polls come 2 s and 7 s after the submit: the deadline lies between them, with time for a slow machine on both sides.
    private const string Body = """
        { "provider": "runway", "model": "gen4.5", "media_type": "video", "prompt": "A boat", "timeout": 6,
          "parameters": { "aspect_ratio": "16:9", "duration": 5 } }
        """;

    private ScriptedServer Provider { get; } = new(_ => Reaction.Hang);
    private FramegateProcess Framegate { get; set; } = null!;
    private int _polls;

    public async Task InitializeAsync() => Framegate = await FramegateProcess.StartAsync(new FramegateSettings
    {
        Routes = $$"""{ "ReverseProxy": { "Clusters": { "runway": { "Destinations": { "only": { "Address": "{{Provider.Address}}/" } } } } } }""",
        Variables = new Dictionary<string, string> { ["RUNWAYML_API_SECRET"] = "key" },
    });

    public async Task DisposeAsync()
    {
        await Framegate.DisposeAsync();
        await Provider.DisposeAsync();
    }

    [Fact]
    public async Task Deadline_JobHasFinishedSinceTheLastPoll_IsKeptAndNotCancelled()
    {
        Script(pollsUntilDone: 2);

        var id = await Framegate.Client.StartAsync(Body);

        // The copy may take longer than the caller waits; a late result is still one.
        await Eventually.GetAsync(() => Framegate.Client.FindAsync(id), a => a.Json.Text("status") == "success");
        Assert.DoesNotContain(Provider.Requests, r => r.Method == "DELETE");
        Assert.Equal(2, _polls);
    }

    [Fact]
    public async Task Deadline_JobStillRuns_IsAskedOnceMoreAndThenCancelled()
    {
        Script(pollsUntilDone: int.MaxValue);

        var ended = await Framegate.Client.EndOfAsync(await Framegate.Client.StartAsync(Body));
        await Eventually.GetAsync(() => Task.FromResult(Provider.Requests), r => r.Any(x => x.Method == "DELETE"));

        Assert.Equal(("failed", "TIMEOUT"), (ended.Text("status"), ended.Text("error.code")));

        // How often it was asked before depends on the machine; the last word before the cancel is a poll.
        var calls = Provider.Requests.Select(r => $"{r.Method} {r.Path}").ToList();
        Assert.Equal(("POST /v1/text_to_video", "GET /v1/tasks/task-1", "DELETE /v1/tasks/task-1"), (calls[0], calls[^2], calls[^1]));
        Assert.Equal(1, calls.Count(c => c.StartsWith("DELETE", StringComparison.Ordinal)));
        Assert.InRange(calls.Count, 4, 6);
    }

    private void Script(int pollsUntilDone)
    {
        _polls = 0;
        Provider.Forget();
        Provider.React = request => request switch
        {
            { Method: "POST" } => Reaction.Answer(200, """{"id":"task-1"}"""),
            { Method: "DELETE" } => Reaction.Answer(204, ""),
            { Path: "/clip.mp4" } => Reaction.Answer(200, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "clip.mp4")), "video/mp4"),
            _ => Reaction.Answer(200, Interlocked.Increment(ref _polls) >= pollsUntilDone
                ? $$$"""{"id":"task-1","status":"SUCCEEDED","output":["{{{Provider.Address}}}/clip.mp4"],"cost":{"credits":60}}"""
                : """{"id":"task-1","status":"RUNNING","progress":0.5}"""),
        };
    }
}
