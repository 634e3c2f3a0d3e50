using Framegate.Plugins;
using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Tests.Engine;

public sealed class CompletionTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task Poll_TheProviderCountsTokens_TheAnswerHasThem()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await RunAsync("alpha");

        Assert.Equal(7, Engine.Get<GenerationView>().Of(state, "").TokensUsed);
    }
}
