using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The process was paused between the reservation of what a generation may cost and its first write, for longer than such a reservation holds.</summary>
public sealed class LostReservationTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task RunAsync_OthersHaveSpentIt_IsRefusedAndNothingIsSent()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        Engine.Store.Unreserved = () => throw new NotReservedException(new BudgetRoom("per_day", 1, 0.01m, Engine.Time.GetUtcNow().AddHours(1)));
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

    private Generation Reserved()
    {
        var generation = Engine.New("alpha", change: s => s with { Reserved = 0.04m });
        generation.BudgetHold = new BudgetHold("local", generation.State.CreatedAt, generation.State.Id) { Amount = 0.04m, IsShared = true };
        return generation;
    }
}
