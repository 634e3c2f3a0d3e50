using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Sora;

namespace Framegate.Transforms.Tests.Providers.Sora;

public class SoraAnswersTests
{
    private const string Id = "video_68d7512d07848190b3e45da0ecbebcde004da08e1e0678d5";

    private static readonly JobHandle s_job = new(Id, "sora-2-pro");
    private readonly SoraAdapter _adapter = new();

    [Theory]
    [InlineData("submit.response.json", Id)]
    [InlineData("remix.response.json", "video_68d7589a3c4c8190a0d3b1c5e7f9012300ab34cd56ef7890")]
    [InlineData("extend.response.json", "video_68d7589a3c4c8190a0d3b1c5e7f9012300ab34cd56ef7890")]
    public void ReadSubmit_Queued_IsRunning(string file, string id)
    {
        var running = Assert.IsType<JobOutcome.Running>(_adapter.ReadSubmit(Fixture.Response("sora", file), _adapter.FindModel("sora-2-pro")!));

        Assert.Equal(new JobHandle(id, "sora-2-pro"), running.Job);
        Assert.Equal(0, running.Progress);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":null,"status":"queued"}""")]
    [InlineData("""{"id":".."}""")]
    [InlineData("\"video\"")]
    [InlineData("")]
    public void ReadSubmit_NoId_ThrowsJsonException(string body) =>
        Assert.ThrowsAny<JsonException>(() => _adapter.ReadSubmit(Fixture.Answer(body), _adapter.Models[0]));

    [Fact]
    public void ReadSubmit_SparseAnswer_IsRunning() =>
        Assert.IsType<JobOutcome.Running>(_adapter.ReadSubmit(Fixture.Answer("""{"id":"video_1","quality":"standard"}"""), _adapter.Models[0]));

    [Theory]
    [InlineData("poll.queued.json", 0)]
    [InlineData("poll.running.json", 0.33)]
    public void ReadPoll_Unfinished_IsRunning(string file, double progress) =>
        Assert.Equal(progress, Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Response("sora", file), s_job)).Progress);

    [Theory]
    [InlineData("5000", 5000)]
    [InlineData("100", 100)]
    [InlineData("99", null)]
    [InlineData("60001", null)]
    [InlineData("soon", null)]
    public void ReadPoll_ProviderAsksForAPause_IsHeardWithinReason(string value, int? ms)
    {
        var running = Assert.IsType<JobOutcome.Running>(
            _adapter.ReadPoll(Fixture.Response("sora", "poll.running.json", 200, ("openai-poll-after-ms", value)), s_job));

        Assert.Equal(ms, running.PollAfter?.TotalMilliseconds);
    }

    [Fact]
    public void ReadPoll_Completed_NamesTheContentAtTheDestination()
    {
        var media = Assert.Single(Assert.IsType<JobOutcome.Succeeded>(_adapter.ReadPoll(Fixture.Response("sora", "poll.succeeded.json"), s_job)).Media);

        Assert.Equal((MediaType.Video, $"/v1/videos/{Id}/content", "video/mp4"), (media.Type, media.Url, media.ContentType));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1758945285), media.ExpiresAt);
        Assert.Equal(("GET", media.Url), (_adapter.BuildDownload(media).Method, _adapter.BuildDownload(media).Target));
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("99999999999999")]
    [InlineData("-5")]
    [InlineData("null")]
    public void ReadPoll_CompletedWithoutAUsableExpiry_LeavesItOpen(string expiry) => Assert.Null(
        Assert.IsType<JobOutcome.Succeeded>(_adapter.ReadPoll(Fixture.Answer($$"""{"status":"completed","expires_at":{{expiry}}}"""), s_job)).Media[0].ExpiresAt);

    [Theory]
    [InlineData("failed", "server_error", ErrorCode.ProviderError, true)]
    [InlineData("failed", "moderation_blocked", ErrorCode.ContentPolicyViolation, false)]
    [InlineData("failed", "sentinel_block", ErrorCode.ContentPolicyViolation, false)]
    [InlineData("failed", "brand_new", ErrorCode.ProviderError, true)]
    [InlineData("expired", "gone", ErrorCode.ProviderError, true)]
    public void ReadPoll_Failed_IsJudgedByItsCode(string status, string native, ErrorCode code, bool retryable)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(
            _adapter.ReadPoll(Fixture.Answer($$$"""{"status":"{{{status}}}","error":{"code":"{{{native}}}","message":"no"}}"""), s_job)).Failure;

        Assert.Equal((code, native, retryable), (failure.Code, failure.NativeCode, failure.Retryable));
        Assert.Equal((Acceptance.Yes, Billed.Unknown, "Sora: no"), (failure.Acceptance, failure.Billed, failure.Message));
    }

    [Fact]
    public void ReadPoll_FailedSample_IsAProviderError() => Assert.Equal(
        ErrorCode.ProviderError,
        Assert.IsType<JobOutcome.Failed>(_adapter.ReadPoll(Fixture.Response("sora", "poll.failed.json"), s_job)).Failure.Code);

    [Fact]
    public void ReadPoll_UnknownStatus_IsRunning() =>
        Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Answer("""{"status":"upscaling","progress":"50%"}"""), s_job));

    [Fact]
    public void ReadPoll_NoStatus_IsAskedForAgain() =>
        Assert.Equal(ErrorCode.UnknownError, Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer("{}"), s_job)).Failure.Code);

    [Theory]
    [InlineData(404)]
    [InlineData(410)]
    public void ReadPoll_UnknownVideo_MayPass(int status) => Assert.Equal(
        ErrorCode.UnknownError,
        Assert.IsType<JobOutcome.NotFound>(_adapter.ReadPoll(Fixture.Response("sora", "error.404.json", status), s_job)).Failure.Code);

    [Theory]
    [InlineData(401, ErrorCode.AuthenticationFailed)]
    [InlineData(429, ErrorCode.RateLimitExceeded)]
    [InlineData(500, ErrorCode.ProviderError)]
    [InlineData(504, ErrorCode.Timeout)]
    public void ReadPoll_HttpError_SaysNothingAboutTheVideo(int status, ErrorCode code) =>
        Assert.Equal(code, Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer("<html>", status), s_job)).Failure.Code);
}
