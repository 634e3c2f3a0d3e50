using Framegate.Plugins;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Coalescing;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Identical requests at once.</summary>
public sealed class SingleFlightTests(TestEngine engine) : EngineTest(engine)
{
    private readonly string _prompt = Guid.NewGuid().ToString("n");
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Admit_TwoAtOnce_ShareOnePaidJob()
    {
        Script(Reply.Text);

        var (first, second) = (await AdmitAsync(), await AdmitAsync());
        _answered.SetResult();
        var states = await Task.WhenAll(EndOfAsync(first), EndOfAsync(second));

        Assert.Equal(1, Egress.Count(NativeCall.Submit));
        Assert.All(states, s => Assert.Equal((GenerationPhase.Succeeded, "done"), (s.Phase, s.Result!.Text)));
        Assert.Equal((first.State!.Id, CacheUse.Shared, 0m), (states[1].Follows, states[1].Cache, states[1].Cost));
    }

    [Fact]
    public async Task End_TheEntryIsLeftBeforeTheJobLeavesTheList()
    {
        Script(Reply.Text);
        var (cache, jobs) = (Engine.Get<MediaCache>(), Engine.Get<SharedJobs>());
        var first = await AdmitAsync();
        var key = first.State!.CachePlan!.Key;
        var gaps = 0;
        using var watching = new CancellationTokenSource();
        var watcher = Task.Run(() =>
        {
            while (!watching.IsCancellationRequested)
            {
                // In this order: what is not in the list any more must be in the cache.
                if (jobs.Find(key) is null && !cache.IsInMemory(key))
                {
                    Interlocked.Increment(ref gaps);
                }
            }
        });
        _answered.SetResult();
        await EndOfAsync(first);
        var second = await AdmitAsync();
        await watching.CancelAsync();
        await watcher;

        Assert.Equal(0, gaps);
        Assert.Equal((CacheUse.Hit, GenerationPhase.Succeeded), (second.State!.Cache, second.State.Phase));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task End_TheResultIsNobodyElses_NobodyJoinsTheJobAnyMore()
    {
        Script(Reply.Text);
        var first = await AdmitAsync();
        var key = first.State!.CachePlan!.Key;

        first.Running!.Update(s => s with { CachePlan = null });
        _answered.SetResult();
        await EndOfAsync(first);

        Assert.Null(Engine.Get<SharedJobs>().Find(key));
    }

    [Fact]
    public async Task Cancel_TheFirst_TheJobGoesOnForTheOther()
    {
        Script(Reply.Text);
        var (first, second) = (await AdmitAsync(), await AdmitAsync());

        var cancelled = await Engine.Generations.CancelAsync(first.Running!, default);
        _answered.SetResult();
        var state = await EndOfAsync(second);

        Assert.Equal((GenerationStatus.Failed, Failures.Cancelled), (cancelled.Status, cancelled.Error!.Details!.Reason));
        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Cancel_Both_CancelsTheJob()
    {
        Script(Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Job);
        Egress.On(NativeCall.Cancel, new Reply(200));
        var (first, second) = (await AdmitAsync(), await AdmitAsync());

        await Engine.Generations.CancelAsync(first.Running!, default);
        var state = await Engine.Generations.CancelAsync(second.Running!, default);
        _answered.SetResult();
        await EndOfAsync(first);

        Assert.Equal(Failures.Cancelled, state.Error!.Details!.Reason);
        Assert.Equal(GenerationPhase.Cancelled, first.Running!.State.Phase);
        Assert.Equal(1, Egress.Count(NativeCall.Cancel));
    }

    [Theory]
    [InlineData(400, GenerationPhase.Failed)]
    [InlineData(500, GenerationPhase.Unknown)]
    public async Task End_TheJobFails_BothFailAndNothingIsKept(int status, GenerationPhase phase)
    {
        Script(new Reply(status));

        var (first, second) = (await AdmitAsync(), await AdmitAsync());
        _answered.SetResult();
        var states = await Task.WhenAll(EndOfAsync(first), EndOfAsync(second));

        Assert.All(states, s => Assert.Equal(phase, s.Phase));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
        Assert.NotEqual(CacheUse.Hit, (await AdmitAsync()).State!.Cache);
    }

    [Fact]
    public async Task Admit_AfterAFailure_NobodyJoinsTheJobThatFailed()
    {
        Script(new Reply(400));
        var jobs = Engine.Get<SharedJobs>();
        var first = await AdmitAsync();
        var key = first.State!.CachePlan!.Key;
        var late = 0;
        using var watching = new CancellationTokenSource();
        var watcher = Task.Run(() =>
        {
            while (!watching.IsCancellationRequested)
            {
                // In this order: who sees that the job has failed must not find it any more.
                if (!first.Running!.State.IsOpen && jobs.Find(key) is not null)
                {
                    Interlocked.Increment(ref late);
                }
            }
        });
        _answered.SetResult();
        await EndOfAsync(first);
        await watching.CancelAsync();
        await watcher;

        Assert.Equal(0, late);
        Assert.Equal(CacheUse.Miss, (await AdmitAsync()).State!.Cache);
    }

    [Fact]
    public async Task Run_FollowerWhoseLeaderIsForgotten_EndsUnknownWithoutASubmit()
    {
        Egress.On(NativeCall.Poll, Reply.Text);
        var lost = await Engine.RunAsync(await Engine.StoredAsync("alpha", s => s with { Follows = "a leader that is forgotten" }));

        Assert.Equal((GenerationPhase.Failed, Failures.SubmitOutcomeUnknown), (lost.Phase, lost.Error!.Details!.Reason));
        Assert.Equal(0, Egress.Count(NativeCall.Submit));
    }

    /// <summary>The submit is answered when the test says so.</summary>
    private void Script(Reply reply) => Egress.On(NativeCall.Submit, reply with { Meanwhile = () => _answered.Task });

    private async Task<Admission> AdmitAsync()
    {
        var admission = await Engine.Door.AdmitAsync(new Submission(TestEngine.Body("alpha", prompt: _prompt), "local", null, "http://localhost"), default);
        Assert.Null(admission.Refusal);
        return admission;
    }

    private static async Task<GenerationState> EndOfAsync(Admission admission)
    {
        if (admission.Running is not { } generation)
        {
            return admission.State!;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var (state, changed) = generation.Observe();
            if (!state.IsOpen)
            {
                return state;
            }

            await changed.WaitAsync(limit.Token);
        }
    }
}
