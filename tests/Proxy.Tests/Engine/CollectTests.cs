using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The provider has made a result, and it is to be fetched.</summary>
public sealed class CollectTests : EngineTest
{
    private static readonly byte[] _image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "still.png"));
    private static readonly Reply _file = new(200) { Bytes = _image };

    public CollectTests(TestEngine engine)
        : base(engine) => Egress.On(NativeCall.Submit, new Reply(200, "https://cdn.example/1.png"));

    [Fact]
    public async Task Run_ItIsThere_IsStored()
    {
        Egress.On(NativeCall.Download, _file);

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, state.Result!.Media.Count));
        Assert.Empty(state.Sources);
        Assert.Empty(Engine.Time.Pauses);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("503")]
    [InlineData("not media")]
    public async Task Run_ADownloadFails_IsRepeated(string answer)
    {
        var failure = answer switch
        {
            "broken" => Reply.Transport(HttpRequestError.ResponseEnded),
            "503" => new Reply(503),
            _ => new Reply(200) { Bytes = "<html>"u8.ToArray() },
        };
        Egress.On(NativeCall.Download, failure, failure, failure, _file);

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(4, Egress.Count(NativeCall.Download));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Run_TheUrlIsDead_TheJobIsAskedForAnother(int status)
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, new Reply(200, "https://cdn.example/1.png"), new Reply(200, "https://cdn.example/2.png"));
        Egress.On(NativeCall.Download, new Reply(status), _file);

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["Submit", "Poll", "Download", "Poll", "Download"], Egress.Sent.Select(s => s.Split(' ')[0]));
    }

    [Fact]
    public async Task Run_TheNewUrlIsDeadToo_FailsAndSaysThatTheJobWasDone()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, new Reply(200, "https://cdn.example/1.png"), new Reply(200, "https://cdn.example/2.png"));
        Egress.On(NativeCall.Download, new Reply(404));

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Failed, "result_not_fetched"), (state.Phase, state.Error!.Details!.Reason));
        Assert.Equal(Billed.Yes, state.Attempts.Single().Billed);
        Assert.Equal(2, Egress.Count(NativeCall.Download));
    }

    [Fact]
    public async Task Run_ItIsNeverMedia_FailsWithTheFifth()
    {
        Egress.On(NativeCall.Download, new Reply(200) { Bytes = "<html>"u8.ToArray() });

        Assert.Equal(GenerationPhase.Failed, (await RunAsync("alpha")).Phase);
        Assert.Equal(5, Egress.Count(NativeCall.Download));
    }
}
