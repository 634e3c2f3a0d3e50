using System.Reflection;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Health;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Logging.Abstractions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The process was paused between the reservation of what a generation may cost and its first write, for longer than such a reservation holds.</summary>
public sealed class LostReservationTests(TestEngine engine) : EngineTest(engine)
{
    private readonly BudgetRoom _room = new("per_day", 1, 0.01m, engine.Time.GetUtcNow().AddHours(1));

    [Fact]
    public async Task RunAsync_OthersHaveSpentIt_IsRefusedAndNothingIsSent()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        Engine.Store.Unreserved = () => throw new NotReservedException(_room);
        var generation = Reserved();

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.InsufficientCredits, "budget"), (state.Phase, state.Error!.Code, state.Error.Details!.Reason));
        Assert.Equal((0.01m, 0m), (state.Error.Details.Budget!.Left, state.Charge));
        Assert.Empty(Egress.Sent);
        Assert.Equal(InsertOutcome.Stored, await generation.Admitted.Task);
        Assert.Equal(GenerationPhase.Failed, Engine.Store.Stored(state.Id)!.Phase);
    }

    [Fact]
    public async Task RunAsync_ThereIsStillRoom_IsReservedOnceMoreAndSubmittedOnce()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var times = 0;
        Engine.Store.Unreserved = () => times++ == 0 ? InsertOutcome.NotReserved : null;

        var state = await Engine.RunAsync(Reserved());

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(1, times);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    /// <remarks>As an admission's refusal: it may do once that the budget is renewed.</remarks>
    [Theory]
    [InlineData("key", "")]
    [InlineData(null, ""","request_id":"mine" """)]
    public async Task AdmitAsync_OthersHaveSpentIt_IsRefusedAndMayBeAskedForAgainUnderTheSameKey(string? key, string id)
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var submission = new Submission(TestEngine.Body("alpha", id, $"Money that others have spent {key}"), "local", key, "http://localhost");
        var times = 0;
        Engine.Store.Inserting = () =>
        {
            if (times++ == 0)
            {
                throw new NotReservedException(_room);
            }
        };

        var refused = await Engine.Door.AdmitAsync(submission, default);
        await Eventually.GetAsync(() => Task.FromResult(Engine.Get<OpenGenerations>().Find("mine")), found => found is null);
        var again = await Engine.Door.AdmitAsync(submission, default);

        Assert.Equal((ErrorCode.InsufficientCredits, "budget", null), (refused.Refusal?.Code, refused.Refusal?.Details?.Reason, refused.State));
        Assert.Equal((null, false), (again.Refusal, again.Replayed));
        await Engine.Generations.WaitAsync(again.Running!, TimeSpan.FromSeconds(30), default);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task KeepAsync_OthersHaveSpentIt_IsNotTriedForEver()
    {
        var times = 0;
        Engine.Store.Unreserved = () => times++ == 0 ? throw new NotReservedException(_room) : null;

        await Assert.ThrowsAsync<NotReservedException>(() => Engine.Get<GenerationWriter>().KeepAsync(Reserved(), s => s with { Progress = 5 }).AsTask());
    }

    /// <remarks>What it would have joined holds the last of the money.</remarks>
    [Fact]
    public async Task StoreAsync_AnotherReplicaHasBegunTheSameJob_IsJoinedAndNotRefused()
    {
        Engine.Store.Unreserved = static () => InsertOutcome.NotReserved;
        var generation = Reserved(s => s with { Cache = CacheUse.Miss, CachePlan = new CachePlan("same", "alpha", "model", TimeSpan.FromHours(1)) });
        var fleet = OneSharedJob.Of(generation.State with { Id = "gen_first" });
        var writer = new GenerationWriter(
            Engine.Store, Engine.Get<StoreOwner>(), fleet, Engine.Get<LateFacts>(), Engine.Get<MediaCache>(), Engine.Get<FramegateMetrics>(), Engine.Get<HealthRegistry>(),
            Engine.Get<IBudgetLedger>(), Engine.Get<OutboxSignal>(), Engine.Time, NullLogger<GenerationWriter>.Instance);

        await Assert.ThrowsAsync<SharedJobTakenException>(() => writer.StoreAsync(generation).AsTask());
    }

    private Generation Reserved(Func<GenerationState, GenerationState>? change = null)
    {
        var generation = Engine.New("alpha", change: s => change is null ? s with { Reserved = 0.04m } : change(s) with { Reserved = 0.04m });
        generation.BudgetHold = new BudgetHold("local", generation.State.CreatedAt, generation.State.Id) { Amount = 0.04m, IsShared = true };
        return generation;
    }

    /// <summary>A fleet in which another replica has begun the job.</summary>
    public class OneSharedJob : DispatchProxy
    {
        private GenerationState _leader = null!;

        internal static IFleet Of(GenerationState leader)
        {
            var fleet = Create<IFleet, OneSharedJob>();
            ((OneSharedJob)fleet)._leader = leader;
            return fleet;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(IFleet.FindSharedJobAsync) => new ValueTask<GenerationState?>(_leader),
            $"get_{nameof(IFleet.IsShared)}" => true,
            var other => throw new NotSupportedException(other),
        };
    }
}
