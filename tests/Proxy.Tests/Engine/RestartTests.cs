using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Time.Testing;

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

    /// <summary>The file of a provider may be missing when the program starts again. What may be paid for is not thrown away at once.</summary>
    [Theory]
    [InlineData(GenerationPhase.Running)]
    [InlineData(GenerationPhase.Storing)]
    public async Task Run_ProviderIsNotConfiguredAnyMore_IsHeldOpenAsLongAsALateResult(GenerationPhase phase)
    {
        var generation = await Engine.StoredAsync("finder", s => Left(s, phase) with { Provider = "ghost", Adapter = "ghost" });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.InvalidModel), (state.Phase, state.Error!.Code));
        Assert.True(state.Error.Timestamp >= generation.Deadline + TimeSpan.FromHours(1));
        Assert.Contains("job-1", state.Error.Message, StringComparison.Ordinal);
        Assert.Contains("not configured", state.PollTrouble!.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(Egress.Sent);
    }

    [Fact]
    public async Task WaitAsync_ProviderComesBack_GoesOn()
    {
        var generation = await Engine.StoredAsync("finder", s => Left(s, GenerationPhase.Running) with { Provider = "returning", Adapter = "returning" });
        var (time, registry) = (new FakeTimeProvider(generation.State.CreatedAt), Engine.Get<AdapterRegistry>());

        var waiting = MissingProvider.WaitAsync(Engine.Get<ProviderTable>(), Engine.Get<GenerationWriter>(), generation, TimeSpan.FromHours(1), time, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        registry.Declare([new ScriptedAdapter("returning")]);
        time.Advance(TimeSpan.FromSeconds(5));
        var found = await waiting;
        registry.Declare([]);

        Assert.Equal(("returning", ScriptedAdapter.Model), (found!.Value.Adapter.Name, found.Value.Model.Id));
    }

    [Fact]
    public async Task WaitAsync_ProviderComesBackAfterTheCallersTime_GoesOnAllTheSame()
    {
        var stored = await Engine.StoredAsync("finder", s => Left(s, GenerationPhase.Running) with { Provider = "late", Adapter = "late" });
        var (time, registry) = (new FakeTimeProvider(stored.Deadline.AddHours(5)), Engine.Get<AdapterRegistry>());
        var generation = new Generation(stored.State, time) { Resumed = true };

        var waiting = MissingProvider.WaitAsync(Engine.Get<ProviderTable>(), Engine.Get<GenerationWriter>(), generation, TimeSpan.FromHours(1), time, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        Assert.Equal((ErrorCode.Timeout, true), (generation.State.Error!.Code, generation.State.IsOpen));
        registry.Declare([new ScriptedAdapter("late")]);
        time.Advance(TimeSpan.FromSeconds(5));

        Assert.NotNull(await waiting);
        registry.Declare([]);
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
