using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Somebody else has changed a generation that is driven here.</summary>
public sealed class OvertakenWriteTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task WriteAsync_GoesOnFromWhatIsStored_WithoutThePlaceThatWasReported()
    {
        var generation = await Engine.StoredAsync("alpha", static s => s);
        var times = 0;
        Engine.Store.Overtakes = s => times++ == 0 ? s with { Progress = 3, ReportedPlace = new WaitingPlace(s.Id, 7, null) } : null;

        var state = await Engine.Get<GenerationWriter>().WriteAsync(generation, static s => s with { Hidden = true });

        Assert.Equal((3, true, null), (state.Progress, state.Hidden, state.ReportedPlace));
        Assert.Null(generation.State.ReportedPlace);
    }
}
