using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Answers to a submit that are no good answers and yet say whether there is a job.</summary>
public sealed class SubmitFormTests(TestEngine engine) : EngineTest(engine)
{
    private const string Accepted = """{"id":"job-1","polling_url":"https://api.bfl.ai/v1/get_result?id=job-1","cost":4}""";
    private const string Refused = """{"id":"job-1","status":"Request Moderated"}""";

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    [InlineData(423)]
    [InlineData(425)]
    [InlineData(521)]
    public async Task Submit_IsRefusedInAnUnusualWay_AnotherCandidateTakesOver(int status)
    {
        Egress.On(NativeCall.Submit, new Reply(status), Reply.Text);

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal([AttemptOutcome.Refused, AttemptOutcome.Accepted], state.Attempts.Select(a => a.Outcome));
        Assert.Equal(Billed.No, state.Attempts[0].Billed);
    }

    [Theory]
    [InlineData(499)]
    [InlineData(520)]
    [InlineData(524)]
    public async Task Submit_SomebodyStoppedWaiting_IsADoubtAndNotTheCallersFault(int status)
    {
        Egress.On(NativeCall.Submit, new Reply(status));

        var state = await RunAsync("both");

        Assert.Equal((GenerationPhase.Unknown, Failures.SubmitOutcomeUnknown, false), (state.Phase, state.Error!.Details!.Reason, state.Error.Retryable));
        Assert.NotEqual(ErrorCode.InvalidRequest, state.Error.Code);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Submit_ErrorInA200_IsTheErrorWithItsWords()
    {
        Egress.On(NativeCall.Submit, new Reply(200, """{"detail":"Your account is not allowed to use this model."}"""), Reply.Text);

        Assert.Equal(GenerationPhase.Succeeded, (await RunAsync("both")).Phase);
        Egress.On(NativeCall.Submit, new Reply(200, """{"detail":"Your account is not allowed to use this model."}"""));
        var alone = await RunAsync("alpha");
        Assert.Equal((GenerationPhase.Failed, ErrorCode.AuthenticationFailed), (alone.Phase, alone.Error!.Code));
        Assert.Contains("not allowed to use this model", alone.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_AnErrorInA200ThatMayBeAfterTheFact_IsADoubtInItsOwnWords()
    {
        Egress.On(NativeCall.Submit, new Reply(200, """{"detail":"The disk fell over."}"""));

        var state = await RunAsync("both");

        Assert.Equal(GenerationPhase.Unknown, state.Phase);
        Assert.Contains("The disk fell over", state.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(14, GenerationPhase.Failed)]
    [InlineData(40, GenerationPhase.Failed)]
    [InlineData(10, GenerationPhase.Unknown)]
    public async Task Submit_TheAnswerBreaksOff_AnIdThatArrivedIsAnId(int arrived, GenerationPhase phase)
    {
        Egress.On(NativeCall.Submit, new Reply(200) { Arrived = Accepted[..arrived] });
        Egress.On(NativeCall.Poll, new Reply(200, Refused));

        Assert.Equal(phase, (await RunAsync("flux")).Phase);
        Assert.Equal(phase == GenerationPhase.Failed ? 1 : 0, Egress.Count(NativeCall.Poll));
    }

    /// <summary>A Content-Length that is too small cuts the answer, and no connection breaks.</summary>
    [Theory]
    [InlineData(14, GenerationPhase.Failed)]
    [InlineData(40, GenerationPhase.Failed)]
    [InlineData(10, GenerationPhase.Unknown)]
    public async Task Submit_TheAnswerEndsEarly_AnIdThatArrivedIsAnId(int arrived, GenerationPhase phase)
    {
        Egress.On(NativeCall.Submit, new Reply(200, Accepted[..arrived]));
        Egress.On(NativeCall.Poll, new Reply(200, Refused));

        Assert.Equal(phase, (await RunAsync("flux")).Phase);
        Assert.Equal(phase == GenerationPhase.Failed ? 1 : 0, Egress.Count(NativeCall.Poll));
    }
}
