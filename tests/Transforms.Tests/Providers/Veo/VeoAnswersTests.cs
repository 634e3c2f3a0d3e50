using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Veo;

namespace Framegate.Transforms.Tests.Providers.Veo;

public class VeoAnswersTests
{
    private const string Operation = "projects/my-project/locations/us-central1/publishers/google/models/veo-3.1-generate-001/operations/c9d6a4f2-1b7e-4e0a-9f53-2d8c6a1e7b40";

    private static readonly JobHandle s_job = new(Operation, "veo-3.1-generate-001");
    private readonly VeoAdapter _vertex = new();
    private readonly VeoGeminiAdapter _gemini = new();

    [Theory]
    [InlineData("veo", "submit.response.json", Operation)]
    [InlineData("veo", "submit.express.response.json", "publishers/google/models/veo-3.1-generate-001/operations/c9d6a4f2-1b7e-4e0a-9f53-2d8c6a1e7b40")]
    [InlineData("veo-gemini", "submit.response.json", "models/veo-3.1-generate-preview/operations/321kvdcepmcg")]
    public void ReadSubmit_Accepted_KeepsTheNameAsItIs(string provider, string file, string name)
    {
        ProviderAdapter adapter = provider == "veo" ? _vertex : _gemini;
        var running = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Fixture.Response(provider, file), adapter.Models[0]));

        Assert.Equal(new JobHandle(name, adapter.Models[0].Id), running.Job);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":"models/../../files"}""")]
    [InlineData("""{"name":"/models/a"}""")]
    [InlineData("")]
    public void ReadSubmit_NoUsableName_ThrowsJsonException(string body) =>
        Assert.ThrowsAny<JsonException>(() => _gemini.ReadSubmit(Fixture.Answer(body), _gemini.Models[0]));

    [Theory]
    [InlineData("veo", "poll.running.json")]
    [InlineData("veo-gemini", "poll.running.json")]
    [InlineData("veo-gemini", "poll.running.done-false.json")]
    public void ReadPoll_Unfinished_IsRunning(string provider, string file) => Assert.Null(Assert.IsType<JobOutcome.Running>(Poll(provider, file)).Progress);

    [Fact]
    public void ReadPoll_SucceededAtGemini_NamesTheFileOfTheApi()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(Poll("veo-gemini", "poll.succeeded.json"));

        Assert.Equal("https://generativelanguage.googleapis.com/v1beta/files/qu4d28uipuqh:download?alt=media", Assert.Single(done.Media).Url);
        Assert.Empty(done.Warnings);
    }

    [Theory]
    [InlineData("""{"code":13,"message":"trouble"}""")]
    [InlineData("""{"code":3,"message":"violates Agent Platform's USAGE GUIDELINES"}""")]
    public void ReadPoll_AnErrorBesideClipsThatCannotBeFetched_MayBePaidFor(string error)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll($$$"""{"done":true,"error":{{{error}}},"response":{"videos":[{}]}}""")).Failure;

        Assert.Equal((Billed.Unknown, false), (failure.Billed, failure.Retryable));
    }

    [Fact]
    public void ReadPoll_AnErrorBesideTheClip_IsAWarning()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(_vertex.ReadPoll(
            Fixture.Answer($$$"""{"name":"{{{Operation}}}","done":true,"error":{"code":13,"message":"partial trouble"},"response":{"videos":[{"gcsUri":"gs://b/1.mp4"}]}}"""), s_job));

        Assert.Single(done.Media);
        Assert.Contains("partial trouble", Assert.Single(done.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPoll_SucceededInCloudStorage_IsFetchedFromThere()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(Poll("veo", "poll.succeeded.multiple.json"));

        Assert.Equal(
            [
                "https://storage.googleapis.com/storage/v1/b/my-bucket/o/veo%2F8123456789012345678%2Fsample_0.mp4?alt=media",
                "https://storage.googleapis.com/storage/v1/b/my-bucket/o/veo%2F8123456789012345678%2Fsample_1.mp4?alt=media",
            ],
            done.Media.Select(m => m.Url));
        Assert.All(done.Media, m => Assert.Equal((MediaType.Video, "video/mp4"), (m.Type, m.ContentType)));
    }

    [Theory]
    [InlineData("AAAAGGZ0eXBtcDQyAAAAAAAAAAAAAAAA", "data:video/mp4;base64,AAAAGGZ0eXBtcDQyAAAAAAAAAAAAAAAA")]
    [InlineData("AA\\/\\u002b", "data:video/mp4;base64,AA/+")]
    public void ReadPoll_SucceededInline_IsADataUri(string bytes, string uri) => Assert.Equal(uri, Assert.Single(Assert.IsType<JobOutcome.Succeeded>(
        Poll($$$"""{"done":true,"response":{"videos":[{"bytesBase64Encoded":"{{{bytes}}}"}]}}""")).Media).Url);

    [Fact]
    public void ReadPoll_SucceededInlineSample_IsADataUri() => Assert.StartsWith(
        "data:video/mp4;base64,AAAA", Assert.Single(Assert.IsType<JobOutcome.Succeeded>(Poll("veo", "poll.succeeded.inline.json")).Media).Url, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"generatedSamples":[{"video":{"gcsUri":"gs://b/o"}}]}""", "https://storage.googleapis.com/storage/v1/b/b/o/o?alt=media")]
    [InlineData("""{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"files/abc1"}}]}}""", "/v1beta/files/abc1:download?alt=media")]
    [InlineData("""{"videos":[{"gcsUri":"http://127.0.0.1:9090/a.mp4","mimeType":"video/mp4"}]}""", "http://127.0.0.1:9090/a.mp4")]
    public void ReadPoll_OtherShapes_AreReadToo(string response, string url) =>
        Assert.Equal(url, Assert.Single(Assert.IsType<JobOutcome.Succeeded>(Poll($$"""{"done":true,"response":{{response}}}""")).Media).Url);

    [Theory]
    [InlineData("""{"videos":[{"gcsUri":"gs://bucket"}]}""", "gs://bucket")]
    [InlineData("""{"videos":{"uri":"s3://bucket/o"}}""", "s3://bucket/o")]
    [InlineData("""{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"../clips/1.mp4"}}]}}""", "../clips/1.mp4")]
    [InlineData("""{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"data:video/mp4;base64,AAAA"}}]}}""", "data:video/mp4;base64,AAAA")]
    [InlineData("""{"generatedSamples":[{"video":"https://a.example/1.mp4"}]}""", "https://a.example/1.mp4")]
    public void ReadPoll_ClipThatIsNoUrl_IsNamedForTheHostToResolve(string response, string url)
    {
        var source = Assert.Single(Assert.IsType<JobOutcome.Succeeded>(Poll($$"""{"done":true,"response":{{response}}}""")).Media);

        Assert.Equal((url, true), (source.Url, source.IsAsNamed));
    }

    /// <summary>A clip is named, so it was made, and is paid for: nobody may be told that it costs nothing.</summary>
    [Theory]
    [InlineData("""{"videos":[{"bytesBase64Encoded":""}]}""")]
    [InlineData("""{"videos":[null]}""")]
    [InlineData("""{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":null}}]}}""")]
    [InlineData("""{"clips":[{"uri":"https://a.example/1.mp4"}]}""")]
    [InlineData("""{"generateVideoResponse":{}}""")]
    [InlineData("""{"videos":null}""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    public void ReadPoll_ClipWithoutAnAddress_IsAskedForAgain(string response) =>
        Assert.Equal(Billed.Unknown, Assert.IsType<JobOutcome.Unreadable>(Poll($$"""{"done":true,"response":{{response}}}""")).Failure.Billed);

    [Theory]
    [InlineData("""{"generateVideoResponse":{"generatedSamples":[]}}""")]
    [InlineData("""{"videos":[]}""")]
    public void ReadPoll_DoneWithoutAClip_IsAProviderErrorThatCostsNothing(string response)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll($$"""{"done":true,"response":{{response}}}""")).Failure;

        Assert.Equal((ErrorCode.ProviderError, true, Billed.No), (failure.Code, failure.Retryable, failure.Billed));
    }

    [Theory]
    [InlineData("true", "{}")]
    [InlineData("\"true\"", "null")]
    [InlineData("true", "\"\"")]
    public void ReadPoll_AnErrorWithoutAWord_IsNone(string done, string error) =>
        Assert.IsType<JobOutcome.Succeeded>(Poll($$$"""{"done":{{{done}}},"error":{{{error}}},"response":{"videos":[{"uri":"https://a.example/1.mp4"}]}}"""));

    [Theory]
    [InlineData("veo", "poll.filtered.json", "61493863", "violence")]
    [InlineData("veo-gemini", "poll.filtered.json", "58061214", "child")]
    [InlineData("veo", "poll.failed.json", "15236754", "celebrity")]
    [InlineData("veo", "poll.failed.agent-platform.json", "35561574", "third-party content")]
    [InlineData("veo-gemini", "poll.failed.invalid.json", "64151117", "video safety")]
    public void ReadPoll_Filtered_IsAPolicyViolationThatCostsNothing(string provider, string file, string code, string category)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll(provider, file)).Failure;

        Assert.Equal((ErrorCode.ContentPolicyViolation, code, Billed.No, false), (failure.Code, failure.NativeCode, failure.Billed, failure.Retryable));
        Assert.Contains(category, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"raiMediaFilteredCount":1}""")]
    [InlineData("""{"raiMediaFilteredReasons":["We encountered an issue with the audio for your prompt, which means we could not create your video. You have not been charged for this attempt."]}""")]
    public void ReadPoll_FilteredWithoutACode_IsAPolicyViolation(string response) => Assert.Equal(
        (ErrorCode.ContentPolicyViolation, "RAI_FILTERED"),
        Assert.IsType<JobOutcome.Failed>(Poll($$$"""{"done":true,"response":{"generateVideoResponse":{{{response}}}}}""")).Failure is var f ? (f.Code, f.NativeCode) : default);

    [Fact]
    public void ReadPoll_PartlyFiltered_SucceedsWithAWarning()
    {
        var done = Assert.IsType<JobOutcome.Succeeded>(Poll(
            """{"done":true,"response":{"raiMediaFilteredCount":1,"raiMediaFilteredReasons":["1 videos were filtered out. Support codes: 90789179"],"videos":[{"gcsUri":"gs://b/o"}]}}"""));

        Assert.Single(done.Media);
        Assert.Contains("1 of 2", Assert.Single(done.Warnings), StringComparison.Ordinal);
        Assert.Contains("sexual", done.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("veo", "poll.failed.internal.json", ErrorCode.ProviderError, "INTERNAL", true)]
    [InlineData("veo", "poll.failed.permission.json", ErrorCode.AuthenticationFailed, "PERMISSION_DENIED", false)]
    [InlineData("veo-gemini", "poll.failed.json", ErrorCode.ProviderError, "INTERNAL", true)]
    [InlineData("veo-gemini", "poll.failed.unavailable.json", ErrorCode.ProviderError, "UNAVAILABLE", true)]
    public void ReadPoll_FailedSample_HasItsCode(string provider, string file, ErrorCode code, string native, bool retryable)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll(provider, file)).Failure;

        Assert.Equal((code, native, retryable, Billed.No, Acceptance.Yes), (failure.Code, failure.NativeCode, failure.Retryable, failure.Billed, failure.Acceptance));
    }

    [Theory]
    [InlineData("1", ErrorCode.ProviderError, Billed.Unknown)]
    [InlineData("2", ErrorCode.ProviderError, Billed.No)]
    [InlineData("3", ErrorCode.InvalidRequest, Billed.No)]
    [InlineData("4", ErrorCode.Timeout, Billed.Unknown)]
    [InlineData("5", ErrorCode.InvalidRequest, Billed.No)]
    [InlineData("7", ErrorCode.AuthenticationFailed, Billed.No)]
    [InlineData("8", ErrorCode.ProviderError, Billed.No)]
    [InlineData("9", ErrorCode.InvalidRequest, Billed.No)]
    [InlineData("10", ErrorCode.ProviderError, Billed.No)]
    [InlineData("11", ErrorCode.InvalidRequest, Billed.No)]
    [InlineData("13", ErrorCode.ProviderError, Billed.No)]
    [InlineData("14", ErrorCode.ProviderError, Billed.No)]
    [InlineData("15", ErrorCode.ProviderError, Billed.No)]
    [InlineData("16", ErrorCode.AuthenticationFailed, Billed.No)]
    [InlineData("99", ErrorCode.UnknownError, Billed.No)]
    [InlineData("400", ErrorCode.InvalidRequest, Billed.No)]
    [InlineData("403", ErrorCode.AuthenticationFailed, Billed.No)]
    [InlineData("429", ErrorCode.ProviderError, Billed.No)]
    [InlineData("503", ErrorCode.ProviderError, Billed.No)]
    [InlineData("504", ErrorCode.Timeout, Billed.Unknown)]
    [InlineData("\"INTERNAL\"", ErrorCode.UnknownError, Billed.No)]
    public void ReadPoll_OperationError_IsJudgedByItsNumber(string number, ErrorCode code, Billed billed)
    {
        var failure = Assert.IsType<JobOutcome.Failed>(Poll($$$"""{"done":true,"error":{"code":{{{number}}},"message":"no"}}""")).Failure;

        Assert.Equal((code, billed, "Veo: no"), (failure.Code, failure.Billed, failure.Message));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(400)]
    [InlineData(13)]
    public void ReadPoll_SafetyInAnyError_ComesFirst(int number) => Assert.Equal(
        ErrorCode.ContentPolicyViolation,
        Assert.IsType<JobOutcome.Failed>(Poll($$$"""{"done":true,"error":{"code":{{{number}}},"message":"violates Agent Platform's USAGE GUIDELINES"}}""")).Failure.Code);

    [Theory]
    [InlineData("veo", 404)]
    [InlineData("veo-gemini", 404)]
    public void ReadPoll_UnknownOperation_MayPass(string provider, int status) => Assert.Equal(
        ErrorCode.UnknownError,
        Assert.IsType<JobOutcome.NotFound>(Adapter(provider).ReadPoll(Fixture.Response("veo-gemini", "error.404.operation.json", status), s_job)).Failure.Code);

    [Theory]
    [InlineData(401, ErrorCode.AuthenticationFailed)]
    [InlineData(429, ErrorCode.RateLimitExceeded)]
    [InlineData(500, ErrorCode.ProviderError)]
    [InlineData(504, ErrorCode.Timeout)]
    public void ReadPoll_HttpError_SaysNothingAboutTheOperation(int status, ErrorCode code) =>
        Assert.Equal(code, Assert.IsType<JobOutcome.Unreadable>(_vertex.ReadPoll(Fixture.Answer("<html>", status), s_job)).Failure.Code);

    [Fact]
    public void ReadPoll_NoOperation_IsAskedForAgain() => Assert.IsType<JobOutcome.Unreadable>(Poll("""{"foo":1}"""));

    private JobOutcome Poll(string body) => _vertex.ReadPoll(Fixture.Answer(body), s_job);

    private JobOutcome Poll(string provider, string file)
    {
        var response = Fixture.Response(provider, file);
        return Adapter(provider).ReadPoll(response, s_job with { NativeId = JsonReading.Parse(response.Json.Span).Member("name").IdText() ?? Operation });
    }

    private ProviderAdapter Adapter(string provider) => provider == "veo" ? _vertex : _gemini;
}
