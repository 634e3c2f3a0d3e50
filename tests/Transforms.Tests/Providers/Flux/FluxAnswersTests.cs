using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Flux;

namespace Framegate.Transforms.Tests.Providers.Flux;

public class FluxAnswersTests
{
    private const string Id = "f0c1a7de-52b4-4a3f-9d1e-8c2b6f7a9e01";

    private static readonly JobHandle s_job = new(Id, "flux-pro-1.1");
    private readonly FluxAdapter _adapter = new();

    [Fact]
    public void ReadSubmit_Accepted_KeepsThePollingUrlAndTheCost()
    {
        var running = Assert.IsType<JobOutcome.Running>(Submit(Fixture.Text("flux", "submit.response.json")));

        Assert.Equal(Id, running.Job.NativeId);
        Assert.Equal("flux-pro-1.1", running.Job.Model);
        Assert.Equal($"https://api.eu2.bfl.ai/v1/get_result?id={Id}", running.Job.PollUrl);
        Assert.Equal(0.04m, running.Cost);
    }

    [Fact]
    public void ReadSubmit_NoPollingUrl_LeavesItToTheAdapter()
    {
        var running = Assert.IsType<JobOutcome.Running>(Submit(Fixture.Text("flux", "submit.webhook.response.json")));

        Assert.Null(running.Job.PollUrl);
        Assert.Equal($"/v1/get_result?id={Id}", _adapter.BuildPoll(running.Job).Target);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("[]")]
    public void ReadSubmit_CostThatIsNone_IsUnknown(string cost)
    {
        var running = Assert.IsType<JobOutcome.Running>(Submit($$"""{"id":"a","polling_url":7,"cost":{{cost}},"new":{} }"""));

        Assert.Null(running.Cost);
        Assert.Null(running.Job.PollUrl);
    }

    [Theory]
    [InlineData("""{"polling_url":"https://api.bfl.ai/v1/get_result?id=1"}""")]
    [InlineData("""{"id":""}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<html>")]
    public void ReadSubmit_NoId_ThrowsJsonException(string body) => Assert.ThrowsAny<JsonException>(() => Submit(body));

    [Theory]
    [InlineData("https://api.eu2.bfl.ai/v1/get_result?id=x%2F1", "https://api.eu2.bfl.ai/v1/get_result?id=x%2F1")]
    [InlineData("https://api.eu2.bfl.ai/v1/get_result", "https://api.eu2.bfl.ai/v1/get_result?id=a%2Fb")]
    [InlineData("https://api.eu2.bfl.ai/v1/get_result?region=eu#top", "https://api.eu2.bfl.ai/v1/get_result?region=eu&id=a%2Fb")]
    [InlineData("https://api.eu2.bfl.ai/v1/get_result?", "https://api.eu2.bfl.ai/v1/get_result?id=a%2Fb")]
    [InlineData("/v1/elsewhere", "/v1/get_result?id=a%2Fb")]
    [InlineData(null, "/v1/get_result?id=a%2Fb")]
    public void BuildPoll_Url_IsUsedAsItIsWithTheId(string? url, string target)
    {
        var native = _adapter.BuildPoll(new JobHandle("a/b", "flux-dev") { PollUrl = url });

        Assert.Equal(("GET", target), (native.Method, native.Target));
    }

    [Theory]
    [InlineData("poll.pending.json", null)]
    [InlineData("poll.pending-progress.json", 0.45)]
    public void ReadPoll_Pending_IsRunning(string file, double? progress)
    {
        var running = Assert.IsType<JobOutcome.Running>(_adapter.ReadPoll(Fixture.Response("flux", file), s_job));

        Assert.Equal(progress, running.Progress);
        Assert.Equal(s_job, running.Job);
    }

    [Theory]
    [InlineData("Queued")]
    [InlineData("Reasoning")]
    [InlineData("Generating")]
    [InlineData("Uploading")]
    [InlineData("Something New")]
    public void ReadPoll_UnknownStatus_IsRunning(string status) => Assert.IsType<JobOutcome.Running>(Poll($$"""{"status":"{{status}}","progress":7}"""));

    [Fact]
    public void ReadPoll_Ready_NamesTheResult()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(_adapter.ReadPoll(Fixture.Response("flux", "poll.succeeded.json"), s_job));

        var media = Assert.Single(done.Media);
        Assert.Equal(MediaType.Image, media.Type);
        Assert.StartsWith("https://delivery-eu1.bfl.ai/results/8f/2d61c07b9a4e4f/sample.jpeg?se=2026-09-01T10%3A25%3A02Z&", media.Url, StringComparison.Ordinal);
        Assert.Equal("image/jpeg", media.ContentType);
        Assert.Equal(new DateTimeOffset(2026, 9, 1, 10, 25, 2, TimeSpan.Zero), media.ExpiresAt);
        Assert.Equal(42, done.Seed);
        Assert.Null(done.Cost);
        Assert.Equal(media.Url, _adapter.BuildDownload(media).Target);
    }

    [Fact]
    public void ReadPoll_ReadyVideo_SettlesTheCost()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(
            _adapter.ReadPoll(Fixture.Response("flux", "poll.succeeded.video.json"), s_job with { Model = "flux-3-video" }));

        Assert.Equal(MediaType.Video, Assert.Single(done.Media).Type);
        Assert.Equal(0.60m, done.Cost);
    }

    [Fact]
    public void ReadPoll_ReadyWithDraftCache_SaysThatItIsNotKept()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(Poll("""{"state":"Ready","result":{"sample":"https://x.example/a","draft_cache":"https://x.example/b"}}"""));

        Assert.Single(done.Warnings);
        Assert.Null(done.Media[0].ExpiresAt);
    }

    [Theory]
    [InlineData("\"/v1/a.png\"", "/v1/a.png")]
    [InlineData("\"file:///etc/passwd\"", "file:///etc/passwd")]
    [InlineData("[\"gs://a/b\"]", "gs://a/b")]
    [InlineData("{\"url\":\"a.png\"}", "a.png")]
    public void ReadPoll_ResultThatIsNoUrl_IsNamedForTheHostToResolve(string sample, string url)
    {
        var source = Assert.Single(Assert.IsType<JobOutcome.Succeeded>(Poll($$$"""{"status":"Ready","result":{"sample":{{{sample}}}}}""")).Media);

        Assert.Equal((url, true), (source.Url, source.IsAsNamed));
    }

    [Theory]
    [InlineData("""{"status":"Ready","result":null}""")]
    [InlineData("""{"status":"Ready","result":{"sample":5}}""")]
    [InlineData("""{"status":null}""")]
    [InlineData("{}")]
    public void ReadPoll_NoUsableResult_IsAskedForAgain(string body)
    {
        var failure = Assert.IsType<JobOutcome.Unreadable>(Poll(body)).Failure;

        Assert.Equal(ErrorCode.UnknownError, failure.Code);
    }

    [Theory]
    [InlineData(401, ErrorCode.AuthenticationFailed)]
    [InlineData(403, ErrorCode.AuthenticationFailed)]
    [InlineData(429, ErrorCode.RateLimitExceeded)]
    [InlineData(500, ErrorCode.ProviderError)]
    [InlineData(502, ErrorCode.ProviderError)]
    [InlineData(503, ErrorCode.ProviderError)]
    [InlineData(504, ErrorCode.Timeout)]
    public void ReadPoll_HttpError_SaysNothingAboutTheTask(int status, ErrorCode code)
    {
        var failure = Assert.IsType<JobOutcome.Unreadable>(_adapter.ReadPoll(Fixture.Answer("<html>", status), s_job)).Failure;

        Assert.Equal((code, Acceptance.Yes, Billed.Unknown), (failure.Code, failure.Acceptance, failure.Billed));
    }

    [Theory]
    [InlineData("poll.task-not-found.json", 200)]
    [InlineData("poll.task-not-found.404.json", 404)]
    public void ReadPoll_TaskNotFound_MayPass(string file, int status)
    {
        var failure = Assert.IsType<JobOutcome.NotFound>(_adapter.ReadPoll(Fixture.Response("flux", file, status), s_job)).Failure;

        Assert.Equal((ErrorCode.ProviderError, Billed.Unknown, "Task not found"), (failure.Code, failure.Billed, failure.NativeCode));
    }

    [Theory]
    [InlineData("Request Moderated", "\"Weapons\"", "Flux: Request Moderated: Weapons")]
    [InlineData("Content Moderated", """{"Moderation Reasons":["A","B"]}""", "Flux: Content Moderated: A, B")]
    [InlineData("Content Moderated", "7", "Flux: Content Moderated.")]
    public void ReadPoll_Moderated_IsAPolicyViolation(string status, string details, string message)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll($$"""{"status":"{{status}}","details":{{details}}}""")).Failure;

        Assert.Equal((ErrorCode.ContentPolicyViolation, status, message), (failure.Code, failure.NativeCode, failure.Message));
        Assert.Equal((Acceptance.Yes, Billed.Unknown, false), (failure.Acceptance, failure.Billed, failure.Retryable));
    }

    [Theory]
    [InlineData("Error")]
    [InlineData("Failed")]
    public void ReadPoll_Failed_MayBeTriedAsANewTask(string status)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll($$"""{"status":"{{status}}"}""")).Failure;

        Assert.Equal((ErrorCode.ProviderError, true, Billed.Unknown), (failure.Code, failure.Retryable, failure.Billed));
    }

    private JobOutcome Submit(string body) => _adapter.ReadSubmit(Fixture.Answer(body), _adapter.FindModel("flux-pro-1.1")!);

    private JobOutcome Poll(string body) => _adapter.ReadPoll(Fixture.Answer(body), s_job);
}
