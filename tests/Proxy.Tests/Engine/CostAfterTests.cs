using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What a generation has cost once a candidate has failed: the provider's word goes before what was expected.</summary>
public sealed class CostAfterTests(TestEngine engine) : EngineTest(engine)
{
    [Theory]
    [InlineData(Billed.Yes, 0.02, 0.52)]
    [InlineData(Billed.Yes, null, 0.7)]
    [InlineData(Billed.Unknown, null, 0.7)]
    [InlineData(Billed.No, null, 0.5)]
    public async Task AJobFails_WhatItBillsIsAddedToWhatWasPaidBefore(Billed billed, double? told, double cost)
    {
        var state = await PaidAsync();

        var after = Completion.Of(state, new ProviderFailure(ErrorCode.ProviderError, "It broke.") { Billed = billed, Cost = (decimal?)told }, DateTimeOffset.UnixEpoch);

        Assert.Equal(((decimal)cost, told is null), (after.Cost, after.CostEstimated));
    }

    [Theory]
    [InlineData(GenerationPhase.Running, Billed.No, 0.5)]
    [InlineData(GenerationPhase.Running, null, 0.7)]
    [InlineData(GenerationPhase.Queued, null, 0.5)]
    public async Task TheClientCancels_WhatWasPaidBeforeIsLeft(GenerationPhase phase, Billed? billed, double cost)
    {
        var state = await PaidAsync() with { Phase = phase };

        Assert.Equal((decimal)cost, Cancellation.After(state, billed).Cost);
    }

    /// <remarks>It waited for the second candidate's limit until its time was over: nothing was sent there.</remarks>
    [Fact]
    public async Task TheTimeIsOverBeforeTheSecondIsAsked_WhatWasPaidBeforeIsLeft()
    {
        var generation = Engine.New("alpha", "", s => s with { Spent = 0.5m, Cost = 0.7m, CostEstimated = true, Deadline = s.CreatedAt });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.Timeout, 0.5m, 0), (state.Phase, state.Error!.Code, state.Cost, Egress.Count(NativeCall.Submit)));
    }

    /// <summary>A generation whose first candidate has cost 0.50, and whose second is expected to cost 0.20.</summary>
    private async Task<GenerationState> PaidAsync()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Text);
        return await RunAsync("alpha") with { Spent = 0.5m, Cost = 0.7m, CostEstimated = true };
    }
}
