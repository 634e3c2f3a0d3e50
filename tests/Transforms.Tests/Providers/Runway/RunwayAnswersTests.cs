using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Runway;

namespace Framegate.Transforms.Tests.Providers.Runway;

public class RunwayAnswersTests
{
    private const string Id = "3b6f0e52-9f0c-4f8f-8c55-0d7a2e9b41c6";

    private static readonly JobHandle s_job = new(Id, "gen4.5");
    private readonly RunwayAdapter _adapter = new();

    [Theory]
    [InlineData("submit.response.json", 0.60)]
    [InlineData("submit.response.legacy.json", null)]
    public void ReadSubmit_Accepted_IsRunning(string file, double? cost)
    {
        var running = Assert.IsType<JobOutcome.Running>(_adapter.ReadSubmit(Fixture.Response("runway", file), _adapter.FindModel("gen4.5")!));

        Assert.Equal(s_job, running.Job);
        Assert.Equal((decimal?)cost, running.Cost);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":".."}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void ReadSubmit_NoId_ThrowsJsonException(string body) =>
        Assert.ThrowsAny<JsonException>(() => _adapter.ReadSubmit(Fixture.Answer(body), _adapter.Models[0]));

    [Theory]
    [InlineData("poll.pending.json", null)]
    [InlineData("poll.running.json", 0.42)]
    public void ReadPoll_Unfinished_IsRunning(string file, double? progress)
    {
        var running = Assert.IsType<JobOutcome.Running>(Poll(Fixture.Response("runway", file)));

        Assert.Equal((progress, 0.60m), (running.Progress, running.Cost));
    }

    [Theory]
    [InlineData("THROTTLED")]
    [InlineData("REFINING")]
    public void ReadPoll_WaitingOrUnknownStatus_IsRunning(string status) =>
        Assert.IsType<JobOutcome.Running>(Poll(Fixture.Answer($$"""{"status":"{{status}}","progress":7}""")));

    [Fact]
    public void ReadPoll_Succeeded_NamesEveryResultAndTheCost()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(Poll(Fixture.Response("runway", "poll.succeeded.json")));

        Assert.StartsWith("https://dnznrvs05pmza.cloudfront.net/", Assert.Single(done.Media).Url, StringComparison.Ordinal);
        Assert.Equal((MediaType.Video, 0.60m), (done.Media[0].Type, done.Cost));
        var images = Assert.IsType<JobOutcome.Succeeded>(_adapter.ReadPoll(
            Fixture.Answer("""{"status":"SUCCEEDED","output":["https://a.example/1","https://a.example/2",5]}"""), s_job with { Model = "muse_image" }));
        Assert.Equal(["https://a.example/1", "https://a.example/2", ""], images.Media.Select(m => m.Url));
    }

    [Theory]
    [InlineData("[\"/etc\"]", "/etc")]
    [InlineData("[\"ftp://a.example/1\"]", "ftp://a.example/1")]
    [InlineData("\"https://a.example/1\"", "https://a.example/1")]
    [InlineData("{\"url\":\"https://a.example/1\"}", "https://a.example/1")]
    [InlineData("[{\"uri\":\"https://a.example/1\"}]", "https://a.example/1")]
    public void ReadPoll_SucceededInAnotherForm_NamesTheResult(string output, string url) =>
        Assert.Equal(url, Assert.Single(Assert.IsType<JobOutcome.Succeeded>(Poll(Fixture.Answer($$"""{"status":"SUCCEEDED","output":{{output}}}"""))).Media).Url);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[7]")]
    public void ReadPoll_SucceededWithoutAResult_IsAskedForAgain(string output) =>
        Assert.IsType<JobOutcome.Unreadable>(Poll(Fixture.Answer($$"""{"status":"SUCCEEDED","output":{{output}}}""")));

    [Theory]
    [InlineData("poll.failed-moderated.json", ErrorCode.ContentPolicyViolation, Billed.Yes, false)]
    [InlineData("poll.failed-moderated-output.json", ErrorCode.ContentPolicyViolation, Billed.Yes, false)]
    [InlineData("poll.failed-bad-output.json", ErrorCode.ProviderError, Billed.No, true)]
    [InlineData("poll.failed-asset-invalid.json", ErrorCode.InvalidRequest, Billed.No, false)]
    [InlineData("poll.failed-internal.json", ErrorCode.ProviderError, Billed.No, true)]
    [InlineData("poll.cancelled.json", ErrorCode.UnknownError, Billed.No, false)]
    public void ReadPoll_FailedSample_HasItsCode(string file, ErrorCode code, Billed billed, bool retryable)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll(Fixture.Response("runway", file))).Failure;

        Assert.Equal((code, billed, retryable, Acceptance.Yes), (failure.Code, failure.Billed, failure.Retryable, failure.Acceptance));
    }

    [Theory]
    [InlineData("SAFETY.INPUT.VIDEO", ErrorCode.ContentPolicyViolation, false, Billed.Yes)]
    [InlineData("SAFETY.OUTPUT.IMAGE.X", ErrorCode.ContentPolicyViolation, false, Billed.Yes)]
    [InlineData("INPUT_PREPROCESSING.SAFETY.TEXT", ErrorCode.ContentPolicyViolation, false, Billed.Yes)]
    [InlineData("INPUT_PREPROCESSING.INTERNAL", ErrorCode.ProviderError, true, Billed.Unknown)]
    [InlineData("INTERNAL", ErrorCode.ProviderError, true, Billed.Unknown)]
    [InlineData("INTERNAL.BAD_OUTPUT.CODE02", ErrorCode.ProviderError, true, Billed.Unknown)]
    [InlineData("INTERNAL.NEW", ErrorCode.ProviderError, true, Billed.Unknown)]
    [InlineData("THIRD_PARTY.UNAVAILABLE", ErrorCode.ProviderError, true, Billed.Unknown)]
    [InlineData("ASSET.INVALID", ErrorCode.InvalidRequest, false, Billed.Unknown)]
    [InlineData("INTERNALS", ErrorCode.UnknownError, false, Billed.Unknown)]
    [InlineData("BRAND.NEW", ErrorCode.UnknownError, false, Billed.Unknown)]
    public void ReadPoll_FailureCode_IsMatchedByPrefix(string native, ErrorCode code, bool retryable, Billed billed)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(
            Poll(Fixture.Answer($$"""{"status":"FAILED","failure":"no","failureCode":"{{native}}"}"""))).Failure;

        Assert.Equal((code, retryable, billed, native, "Runway: no"), (failure.Code, failure.Retryable, failure.Billed, failure.NativeCode, failure.Message));
    }

    [Theory]
    [InlineData("0", Billed.No)]
    [InlineData("12.5", Billed.Yes)]
    [InlineData("\"free\"", Billed.Yes)]
    public void ReadPoll_Moderated_IsBilledAsTheCostSays(string credits, Billed billed) => Assert.Equal(
        billed,
        Assert.IsType<JobOutcome.Failed>(Poll(Fixture.Answer($$$"""{"status":"FAILED","failureCode":"SAFETY.INPUT.TEXT","cost":{"credits":{{{credits}}}}}"""))).Failure.Billed);

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public void ReadPoll_UnknownTask_MayPass(int status) => Assert.Equal(
        ErrorCode.UnknownError, Assert.IsType<JobOutcome.NotFound>(Poll(Fixture.Response("runway", "poll.not-found.404.json", status))).Failure.Code);

    [Theory]
    [InlineData(401, ErrorCode.AuthenticationFailed)]
    [InlineData(429, ErrorCode.RateLimitExceeded)]
    [InlineData(502, ErrorCode.ProviderError)]
    [InlineData(504, ErrorCode.Timeout)]
    public void ReadPoll_HttpError_SaysNothingAboutTheTask(int status, ErrorCode code) =>
        Assert.Equal(code, Assert.IsType<JobOutcome.Unreadable>(Poll(Fixture.Answer("<html>", status))).Failure.Code);

    [Theory]
    [InlineData(204, CancelOutcome.Requested)]
    [InlineData(404, CancelOutcome.TooLate)]
    [InlineData(500, CancelOutcome.TooLate)]
    public void ReadCancel_Answer_NeverPromisesThatNothingIsCharged(int status, CancelOutcome outcome) =>
        Assert.Equal(outcome, _adapter.ReadCancel(Fixture.Answer("", status)));

    private JobOutcome Poll(NativeResponse response) => _adapter.ReadPoll(response, s_job);
}
