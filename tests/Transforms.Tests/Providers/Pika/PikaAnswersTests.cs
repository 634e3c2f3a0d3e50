using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Pika;

namespace Framegate.Transforms.Tests.Providers.Pika;

public class PikaAnswersTests
{
    private const string Id = "764cabcf-b745-4b3e-ae38-1200304cf45b";
    private const string Url = "https://queue.fal.run/fal-ai/pika/requests/" + Id;
    private const string Model = "fal-ai/pika/v2.2/text-to-video";

    private readonly PikaAdapter _adapter = new();
    private readonly JobHandle _job;
    private readonly JobHandle _completed;

    public PikaAnswersTests()
    {
        _job = Assert.IsType<JobOutcome.Running>(_adapter.ReadSubmit(Fixture.Response("pika", "submit.response.json"), _adapter.Models[0])).Job;
        _completed = Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Response("pika", "poll.completed.json"), _job)).Job;
    }

    [Fact]
    public void ReadSubmit_Accepted_KeepsEveryUrlAsItIs()
    {
        Assert.Equal((Id, Model, Url + "/status"), (_job.NativeId, _job.Model, _job.PollUrl));
        Assert.Equal(Url + "/status", _adapter.BuildPoll(_job).Target);
        var cancel = _adapter.BuildCancel(_job);
        Assert.Equal(("PUT", Url + "/cancel"), (cancel.Method, cancel.Target));
    }

    [Fact]
    public void ReadSubmit_WithoutUsableUrls_BuildsThem()
    {
        var job = Assert.IsType<JobOutcome.Running>(_adapter.ReadSubmit(
            Fixture.Answer("""{"request_id":"a/b","status_url":"/x","response_url":7,"cancel_url":"ftp://a"}"""), _adapter.Models[0])).Job;
        Assert.Null(job.PollUrl);
        Assert.Equal("/fal-ai/pika/requests/a%2Fb/status", _adapter.BuildPoll(job).Target);
        Assert.Equal("/fal-ai/pika/requests/a%2Fb/cancel", _adapter.BuildCancel(job).Target);
        var completed = Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Answer("""{"status":"COMPLETED"}"""), job)).Job;
        Assert.Equal("/fal-ai/pika/requests/a%2Fb", _adapter.BuildPoll(completed).Target);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"request_id":null}""")]
    [InlineData("""{"request_id":".."}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void ReadSubmit_NoId_ThrowsJsonException(string body) =>
        Assert.ThrowsAny<JsonException>(() => _adapter.ReadSubmit(Fixture.Answer(body), _adapter.Models[0]));

    [Theory]
    [InlineData("poll.pending.json", 200)]
    [InlineData("poll.running.json", 202)]
    public void ReadPoll_Unfinished_IsRunning(string file, int status)
    {
        var running = Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Response("pika", file, status), _job));

        Assert.Same(_job, running.Job);
        Assert.Null(running.PollAfter);
    }

    [Fact]
    public void ReadPoll_Completed_AsksForTheResultAtOnce()
    {
        var running = Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Response("pika", "poll.completed.json"), _job));

        Assert.Equal(TimeSpan.Zero, running.PollAfter);
        Assert.Equal(Url, _adapter.BuildPoll(running.Job).Target);
        Assert.Equal(_job.State.Count + 1, running.Job.State.Count);
        Assert.Equal(Url + "/cancel", _adapter.BuildCancel(running.Job).Target);
    }

    [Theory]
    [InlineData("""{"status":"COMPLETED","error":"x","error_type":"runner_disconnected"}""", ErrorCode.ProviderError, true, Billed.No)]
    [InlineData("""{"status":"COMPLETED","error":"x","error_type":"internal_error"}""", ErrorCode.ProviderError, false, Billed.No)]
    [InlineData("""{"status":"COMPLETED","error":"x","error_type":"request_timeout"}""", ErrorCode.Timeout, false, Billed.No)]
    [InlineData("""{"status":"COMPLETED","error":"x","error_type":"content_policy_violation"}""", ErrorCode.ContentPolicyViolation, false, Billed.Unknown)]
    [InlineData("""{"status":"COMPLETED","error":"x","error_type":"client_cancelled"}""", ErrorCode.UnknownError, false, Billed.Unknown)]
    [InlineData("""{"status":"COMPLETED","error":"unsafe","error_type":"no_media_generated"}""", ErrorCode.ContentPolicyViolation, false, Billed.Unknown)]
    public void ReadPoll_CompletedWithAKnownType_HasFailed(string body, ErrorCode code, bool retryable, Billed billed)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(_adapter.ReadPoll(Fixture.Answer(body), _job)).Failure;

        Assert.Equal((code, retryable, billed, Acceptance.Yes), (failure.Code, failure.Retryable, failure.Billed, failure.Acceptance));
    }

    [Theory]
    [InlineData("""{"status":"COMPLETED","error":"Invalid status code: 422"}""")]
    [InlineData("""{"status":"COMPLETED","error":"x","error_type":"brand_new"}""")]
    public void ReadPoll_CompletedWithAnUnclearError_AsksTheResult(string body) =>
        Assert.Equal(Url, _adapter.BuildPoll(Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Answer(body), _job)).Job).Target);

    [Theory]
    [InlineData("poll.succeeded.json", "video/mp4")]
    [InlineData("poll.succeeded.minimal.json", null)]
    public void ReadPoll_Result_NamesTheClip(string file, string? type)
    {
        var media = Assert.Single(Assert.IsType<JobOutcome.Succeeded>(_adapter.ReadPoll(Fixture.Response("pika", file), _completed)).Media);

        Assert.Equal((MediaType.Video, "https://v3b.fal.media/files/b/koala/Kq3EXAMPLEo9_output.mp4", type), (media.Type, media.Url, media.ContentType));
    }

    [Fact]
    public void ReadPoll_ResultAskedTooEarly_IsRunning()
    {
        Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Response("pika", "result.in-progress.400.json", 400), _completed));
        Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Answer("""{"status":"IN_PROGRESS"}"""), _completed));
    }

    [Theory]
    [InlineData("poll.failed-moderated.json", 422, "X-Fal-Retryable", "false", ErrorCode.ContentPolicyViolation, "content_policy_violation", false, Billed.Unknown)]
    [InlineData("poll.failed-generation-timeout.json", 504, "X-Fal-Retryable", "true", ErrorCode.Timeout, "generation_timeout", false, Billed.No)]
    [InlineData("poll.failed-internal.json", 500, "X-Fal-Retryable", "true", ErrorCode.ProviderError, "internal_server_error", true, Billed.No)]
    [InlineData("poll.failed-internal.json", 500, "X-Fal-Retryable", "false", ErrorCode.ProviderError, "internal_server_error", false, Billed.No)]
    [InlineData("poll.failed-runner.503.json", 503, "X-Fal-Error-Type", "runner_disconnected", ErrorCode.ProviderError, "runner_disconnected", true, Billed.No)]
    [InlineData("poll.failed-request-timeout.504.json", 504, "X-Fal-Error-Type", "request_timeout", ErrorCode.Timeout, "request_timeout", false, Billed.No)]
    [InlineData("poll.failed-user-timeout.504.json", 504, "X-Fal-Request-Timeout-Type", "user", ErrorCode.Timeout, "request_timeout", false, Billed.No)]
    [InlineData("poll.cancelled.499.json", 499, "X-Fal-Error-Type", "client_cancelled", ErrorCode.UnknownError, "client_cancelled", false, Billed.Unknown)]
    [InlineData("error.422.json", 422, "X-Fal-Retryable", "false", ErrorCode.InvalidRequest, "one_of", false, Billed.Unknown)]
    [InlineData("error.422-missing.json", 422, "X-Fal-Retryable", "false", ErrorCode.InvalidRequest, "missing", false, Billed.Unknown)]
    [InlineData("error.422-file-download.json", 422, "X-Fal-Retryable", "false", ErrorCode.InvalidRequest, "file_download_error", false, Billed.Unknown)]
    [InlineData("error.503-scheduling.json", 503, "X-Fal-Error-Type", "runner_scheduling_failure", ErrorCode.ProviderError, "runner_scheduling_failure", true, Billed.No)]
    public void ReadPoll_FailedResult_HasItsCode(
        string file, int status, string header, string value, ErrorCode code, string native, bool retryable, Billed billed)
    {
        var response = Fixture.Response("pika", file, status, (header, value));
        var outcome = _adapter.ReadPoll(response, _completed);

        // What the way may answer too is asked for once more.
        Assert.Equal(status is 502 or 503 or 504, outcome is JobOutcome.Running);
        var failure = Assert.IsType<JobOutcome.Failed>(outcome is JobOutcome.Running { Job: var doubted } ? _adapter.ReadPoll(response, doubted) : outcome).Failure;
        Assert.Equal((code, native, retryable, billed), (failure.Code, failure.NativeCode, failure.Retryable, failure.Billed));
        Assert.DoesNotContain("assets.example.com", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("image_too_large", ErrorCode.InvalidRequest)]
    [InlineData("face_detection_error", ErrorCode.InvalidRequest)]
    [InlineData("greater_than_equal", ErrorCode.InvalidRequest)]
    [InlineData("string_type", ErrorCode.InvalidRequest)]
    [InlineData("no_media_generated", ErrorCode.ProviderError)]
    [InlineData("downstream_service_error", ErrorCode.ProviderError)]
    public void ReadPoll_Unprocessable_IsJudgedByItsType(string type, ErrorCode code) => Assert.Equal(
        code,
        Assert.IsType<JobOutcome.Failed>(_adapter.ReadPoll(Fixture.Answer($$"""{"detail":[{"loc":["body"],"msg":"no","type":"{{type}}"}]}""", 422), _completed)).Failure.Code);

    [Fact]
    public void ReadPoll_PolicyAmongOthers_Decides() => Assert.Equal(
        ErrorCode.ContentPolicyViolation,
        Assert.IsType<JobOutcome.Failed>(_adapter.ReadPoll(
            Fixture.Answer("""{"detail":[{"msg":"a","type":"value_error"},{"msg":"b","type":"content_policy_violation"}]}""", 422), _completed)).Failure.Code);

    [Theory]
    [InlineData(502, "<html>")]
    [InlineData(503, "")]
    [InlineData(429, """{"detail":"Rate limit exceeded"}""")]
    [InlineData(403, """{"detail":"User is locked. Reason: Exhausted balance."}""")]
    [InlineData(401, "{}")]
    [InlineData(302, "")]
    public void ReadPoll_ResultNotReached_SaysNothingAboutTheJob(int status, string body) =>
        Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer(body, status), _completed));

    [Fact]
    public void ReadPoll_PlainServerErrorOfTheRunner_IsTheJobs() => Assert.Equal(
        ErrorCode.ProviderError,
        Assert.IsType<JobOutcome.Failed>(_adapter.ReadPoll(Fixture.Answer("oops", 500, ("x-fal-request-id", Id)), _completed)).Failure.Code);

    [Theory]
    [InlineData("""{"video":{"url":"/etc/passwd"}}""", "/etc/passwd")]
    [InlineData("""{"video":"https://a.example/v.mp4"}""", "https://a.example/v.mp4")]
    [InlineData("""{"video":[{"url":"https://a.example/v.mp4"}]}""", "https://a.example/v.mp4")]
    public void ReadPoll_ResultInAnotherForm_NamesTheClip(string body, string url) =>
        Assert.Equal(url, Assert.Single(Assert.IsType<JobOutcome.Succeeded>(_adapter.ReadPoll(Fixture.Answer(body), _completed)).Media).Url);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"video":null}""")]
    public void ReadPoll_ResultWithoutAClip_IsAskedForAgain(string body) =>
        Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer(body), _completed));

    [Fact]
    public void ReadPoll_UnknownRequest_MayPass()
    {
        Assert.Equal(ErrorCode.UnknownError, Assert.IsType<JobOutcome.NotFound>(_adapter.ReadPoll(Fixture.Answer("""{"detail":"Request not found"}""", 404), _job)).Failure.Code);
        Assert.IsType<JobOutcome.NotFound>(_adapter.ReadPoll(Fixture.Answer("""{"detail":"Request has expired"}""", 410), _completed));
    }

    [Theory]
    [InlineData(401, ErrorCode.AuthenticationFailed)]
    [InlineData(422, ErrorCode.InvalidRequest)]
    [InlineData(429, ErrorCode.RateLimitExceeded)]
    [InlineData(503, ErrorCode.ProviderError)]
    public void ReadPoll_StatusNotReached_SaysNothingAboutTheJob(int status, ErrorCode code) =>
        Assert.Equal(code, Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer("<html>", status), _job)).Failure.Code);

    [Fact]
    public void ReadPoll_NoStatus_IsAskedForAgain()
    {
        Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer("{}"), _job));
        Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Answer("""{"status":"WARMING"}"""), _job));
        Assert.ThrowsAny<JsonException>(() => _adapter.ReadPoll(Fixture.Answer("[]"), _job));
    }

    [Theory]
    [InlineData("cancel.ok.json", 200, CancelOutcome.Cancelled)]
    [InlineData("cancel.accepted.json", 202, CancelOutcome.Requested)]
    [InlineData("cancel.already-completed.json", 400, CancelOutcome.TooLate)]
    [InlineData("cancel.already-completed.json", 200, CancelOutcome.TooLate)]
    [InlineData("cancel.not-found.json", 404, CancelOutcome.TooLate)]
    public void ReadCancel_Sample_IsTold(string file, int status, CancelOutcome outcome) =>
        Assert.Equal(outcome, _adapter.ReadCancel(Fixture.Response("pika", file, status)));

    [Theory]
    [InlineData("""{"success":true}""", 200, CancelOutcome.Requested)]
    [InlineData("", 200, CancelOutcome.Requested)]
    [InlineData("", 500, CancelOutcome.TooLate)]
    public void ReadCancel_OtherShapes_AreJudgedByStatus(string body, int status, CancelOutcome outcome) =>
        Assert.Equal(outcome, _adapter.ReadCancel(Fixture.Answer(body, status)));
}
