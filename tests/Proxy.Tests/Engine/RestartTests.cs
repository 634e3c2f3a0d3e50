using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Every row of the table "Phase on the disk" in docs/promises: what the next process does with what the last one has left.</summary>
public sealed class RestartTests(TestEngine engine) : EngineTest(engine)
{
    [Theory]
    [InlineData(GenerationPhase.Queued, "Submit")]
    [InlineData(GenerationPhase.Submitting, "Find Poll")]
    [InlineData(GenerationPhase.Running, "Poll")]
    [InlineData(GenerationPhase.Storing, "Download")]
    public async Task Run_GoesOnWhereItStood(GenerationPhase phase, string calls)
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        Egress.On(NativeCall.Find, new Reply(200, "job-" + Guid.NewGuid().ToString("n")));
        Egress.On(NativeCall.Poll, Reply.Text);
        Egress.On(NativeCall.Download, new Reply(200) { Bytes = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "still.png")) });
        var generation = await Engine.StoredAsync("finder", s => Left(s, phase));
        generation.Native = null;

        var state = await Engine.RunAsync(generation);

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(calls, string.Join(' ', Egress.Sent.Select(s => s.Split(' ')[0])));
        Assert.Single(state.Attempts);
    }

    private static GenerationState Left(GenerationState state, GenerationPhase phase) => phase == GenerationPhase.Queued ? state : state with
    {
        Phase = phase,
        SubmittedAt = state.CreatedAt,
        Attempts = [new AttemptReport("finder", "only", phase == GenerationPhase.Submitting ? AttemptOutcome.Pending : AttemptOutcome.Accepted, null, Billed.Unknown, 1)],
        JobLocation = new JobLocation("finder", "only", "https://only.finder.example/", null),
        Job = phase == GenerationPhase.Submitting ? null : new JobHandle("job-1", ScriptedAdapter.Model),
        Sources = phase == GenerationPhase.Storing ? [new MediaSource(MediaType.Image, "https://cdn.example/1.png")] : [],
        Result = phase == GenerationPhase.Storing ? new GenerationResult([], null, null) : null,
    };
}
