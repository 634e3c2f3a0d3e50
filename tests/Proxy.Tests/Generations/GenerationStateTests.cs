using Framegate.Plugins.Contract;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Generations;

public class GenerationStateTests
{
    [Fact]
    public void OpenAt_TheJobIsItsOwn_IsItsHome()
    {
        var state = States.Accepted("a", "native");
        Assert.Equal(state.JobLocation, state.OpenAt);
    }

    [Fact]
    public void OpenAt_TheJobIsAnothers_IsNowhere() =>
        // Counted at the leader: a follower that ends must not take a job off a destination's load.
        Assert.Null((States.Accepted("b", "native") with { Follows = "a" }).OpenAt);

    [Fact]
    public void OpenAt_Ended_IsNowhere() => Assert.Null((States.Accepted("a", "native") with { IsOpen = false, Phase = GenerationPhase.Failed }).OpenAt);

    /// <summary>A candidate that waits for its turn has billed nothing; of an earlier one without a price nobody knows what it has.</summary>
    [Theory]
    [InlineData("Queued", Billed.Unknown, 0, null)]
    [InlineData("Queued", Billed.Unknown, 0.2, 0.2)]
    [InlineData("Queued", Billed.No, 0, 0.5)]
    [InlineData("Running", Billed.Unknown, 0, 0.5)]
    public void CostSoFar_ACandidateWaits_IsThatOfThoseBefore(string phase, Billed billed, double spent, double? cost)
    {
        var state = States.Accepted("a", "native") with
        {
            Phase = Enum.Parse<GenerationPhase>(phase), Cost = 0.5m, Spent = (decimal)spent, Attempts = [new AttemptReport("flux", "only", AttemptOutcome.Unknown, null, billed, 1)],
        };

        Assert.Equal((decimal?)cost, state.CostSoFar);
    }
}
