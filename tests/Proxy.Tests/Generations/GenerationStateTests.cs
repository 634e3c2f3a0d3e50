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
}
