using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Tests of the engine share one, since it takes a while to put together; each begins with an empty script and an empty store.</summary>
public abstract class EngineTest : IClassFixture<TestEngine>
{
    private protected EngineTest(TestEngine engine)
    {
        Engine = engine;
        engine.Reset();
    }

    private protected TestEngine Engine { get; }

    private protected ScriptedEgress Egress => Engine.Egress;

    private protected Task<GenerationState> RunAsync(string provider, string more = "") => Engine.RunAsync(Engine.New(provider, more));
}
