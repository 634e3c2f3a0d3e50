using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Pika;

namespace Framegate.Transforms.Tests.Providers.Pika;

public class PikaFailuresTests
{
    private readonly PikaAdapter _adapter = new();

    [Theory]
    [InlineData("error.400.json", 400, ErrorCode.InvalidRequest, "bad_request")]
    [InlineData("error.401.json", 401, ErrorCode.AuthenticationFailed, null)]
    [InlineData("error.401-format.json", 401, ErrorCode.AuthenticationFailed, null)]
    [InlineData("error.402.json", 402, ErrorCode.InsufficientCredits, null)]
    [InlineData("error.403-admin-lock.json", 403, ErrorCode.AuthenticationFailed, null)]
    [InlineData("error.404-unknown-model.json", 404, ErrorCode.InvalidModel, null)]
    [InlineData("error.422.json", 422, ErrorCode.InvalidRequest, "one_of")]
    [InlineData("error.429.json", 429, ErrorCode.RateLimitExceeded, null)]
    [InlineData("error.503-scheduling.json", 503, ErrorCode.ProviderError, "runner_scheduling_failure")]
    [InlineData("health.error.401.json", 401, ErrorCode.AuthenticationFailed, "authorization_error")]
    public void ReadError_Sample_HasItsCode(string file, int status, ErrorCode code, string? native)
    {
        var failure = _adapter.ReadError(Fixture.Response("pika", file, status), NativeCall.Submit);

        Assert.Equal((code, native, Acceptance.No, Billed.No), (failure.Code, failure.NativeCode, failure.Acceptance, failure.Billed));
    }

    [Theory]
    [InlineData("User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.", ErrorCode.InsufficientCredits)]
    [InlineData("User is locked. Reason: TOP_UP", ErrorCode.InsufficientCredits)]
    [InlineData("User is locked. Reason: Admin lock.", ErrorCode.AuthenticationFailed)]
    [InlineData("No access to this model, check your balance", ErrorCode.AuthenticationFailed)]
    public void ReadError_Forbidden_TellsMoneyFromAccess(string detail, ErrorCode code) =>
        Assert.Equal(code, _adapter.ReadError(Fixture.Answer($$"""{"detail":"{{detail}}"}""", 403), NativeCall.Submit).Code);

    [Theory]
    [InlineData(400, NativeCall.Submit, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(408, NativeCall.Submit, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(409, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(410, NativeCall.Submit, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(499, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(500, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(503, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(504, NativeCall.Submit, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(404, NativeCall.Poll, ErrorCode.UnknownError, Acceptance.Yes)]
    [InlineData(404, NativeCall.Download, ErrorCode.ProviderError, Acceptance.Yes)]
    [InlineData(403, NativeCall.Download, ErrorCode.ProviderError, Acceptance.Yes)]
    public void ReadError_AnyBody_IsJudgedByStatus(int status, NativeCall call, ErrorCode code, Acceptance acceptance)
    {
        foreach (var body in (string[])["", "<html>", "[]", "null", """{"detail":null}""", """{"detail":[7,{"type":1}]}""", """{"error":7}"""])
        {
            var failure = _adapter.ReadError(Fixture.Answer(body, status), call);
            Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
        }
    }

    [Fact]
    public void ReadError_Details_SayWhereAndNeverWhatWasSent()
    {
        var message = _adapter.ReadError(Fixture.Response("pika", "error.422-file-download.json", 422), NativeCall.Submit).Message;

        Assert.Equal("Pika answered 422: image_url: Failed to download the file.", message);
    }

    [Fact]
    public void ReadError_TypeInTheHeaderOnly_Decides() => Assert.Equal(
        ErrorCode.ProviderError, _adapter.ReadError(Fixture.Answer("", 400, ("X-Fal-Error-Type", "runner_connection_refused")), NativeCall.Poll).Code);

    [Theory]
    [InlineData(404, null)]
    [InlineData(200, null)]
    [InlineData(401, ErrorCode.AuthenticationFailed)]
    [InlineData(503, ErrorCode.ProviderError)]
    public void ReadProbe_Answer_OnlyNeedsTheKeyToBeTaken(int status, ErrorCode? code) =>
        Assert.Equal(code, _adapter.ReadProbe(Fixture.Answer("{}", status))?.Code);

    [Fact]
    public void NativeError_Any_HasTheShapeOfTheProvider()
    {
        Assert.Equal("""{"detail":"no"}""", Encoding.UTF8.GetString(_adapter.NativeError(502, "no").Span));
        Assert.Equal(["status_url", "response_url", "cancel_url"], _adapter.NativeLinks);
        Assert.Equal([new("x-fal-no-retry", "1")], _adapter.NativeSubmitHeaders);
    }

    [Theory]
    [InlineData("https://queue.fal.run/fal-ai/pika/v2.2/text-to-video?a=1", "https://queue.fal.run/", "https://queue.fal.run/fal-ai/pika/v2.2/text-to-video?a=1")]
    [InlineData("https://queue.fal.run/fal-ai/pika/x", "http://127.0.0.1:9090/pika/", "http://127.0.0.1:9090/pika/fal-ai/pika/x")]
    [InlineData("http://127.0.0.1:9090/pika/a", "http://127.0.0.1:9090/pika/", "http://127.0.0.1:9090/pika/a")]
    [InlineData("http://127.0.0.1:9090/veo/a", "http://127.0.0.1:9090/pika/", null)]
    [InlineData("https://fal.run/fal-ai/pika/x", "https://queue.fal.run/", "https://fal.run/fal-ai/pika/x")]
    [InlineData("https://fal.run/fal-ai/pika/x", "http://127.0.0.1:9090/pika/", null)]
    [InlineData("https://rest.fal.ai/storage/upload/initiate", "https://queue.fal.run/", "https://rest.fal.ai/storage/upload/initiate")]
    [InlineData("https://rest.fal.ai/tokens/", "https://queue.fal.run/", null)]
    [InlineData("https://evil.fal.run/x", "https://queue.fal.run/", null)]
    [InlineData("http://queue.fal.run/x", "https://queue.fal.run/", null)]
    [InlineData("https://queue.fal.run:8443/x", "https://queue.fal.run/", null)]
    public void Resolve_NamedTarget_StaysAtFal(string target, string destination, string? resolved) =>
        Assert.Equal(resolved, _adapter.NativeTargetHeader.Resolve(new Uri(target), new Uri(destination))?.AbsoluteUri);
}
