using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Veo;

namespace Framegate.Transforms.Tests.Providers.Veo;

public class VeoFailuresTests
{
    private readonly VeoAdapter _vertex = new();
    private readonly VeoGeminiAdapter _gemini = new();

    [Theory]
    [InlineData("error.400.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.400.bounds.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.400.inlinedata.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.400.key-expired.json", 400, ErrorCode.AuthenticationFailed, "API_KEY_INVALID")]
    [InlineData("error.400.negativeprompt.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.400.person.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.400.precondition.json", 400, ErrorCode.AuthenticationFailed, "FAILED_PRECONDITION")]
    [InlineData("error.400.safety.json", 400, ErrorCode.ContentPolicyViolation, "RAI_FILTERED")]
    [InlineData("error.400.usecase.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.401.json", 401, ErrorCode.AuthenticationFailed, "CREDENTIALS_MISSING")]
    [InlineData("error.402.json", 402, ErrorCode.InsufficientCredits, "RESOURCE_EXHAUSTED")]
    [InlineData("error.403.json", 403, ErrorCode.AuthenticationFailed, "SERVICE_DISABLED")]
    [InlineData("error.403.missing-key.json", 403, ErrorCode.AuthenticationFailed, "PERMISSION_DENIED")]
    [InlineData("error.404.json", 404, ErrorCode.InvalidModel, "NOT_FOUND")]
    [InlineData("error.404.retired.json", 404, ErrorCode.InvalidModel, "NOT_FOUND")]
    [InlineData("error.429.json", 429, ErrorCode.RateLimitExceeded, "PredictLongRunningRequestsPerMinutePerProjectPerModel")]
    [InlineData("error.429.credits.json", 429, ErrorCode.InsufficientCredits, "RESOURCE_EXHAUSTED")]
    [InlineData("error.429.freetier.json", 429, ErrorCode.RateLimitExceeded, "PredictLongRunningRequestsPerDayPerProjectPerModel-FreeTier")]
    [InlineData("error.500.json", 500, ErrorCode.ProviderError, "INTERNAL")]
    [InlineData("error.503.json", 503, ErrorCode.ProviderError, "UNAVAILABLE")]
    [InlineData("error.503.demand.json", 503, ErrorCode.ProviderError, "UNAVAILABLE")]
    [InlineData("error.504.json", 504, ErrorCode.Timeout, "DEADLINE_EXCEEDED")]
    [InlineData("error.array.json", 429, ErrorCode.RateLimitExceeded, "RESOURCE_EXHAUSTED")]
    public void ReadError_GeminiSample_HasItsCode(string file, int status, ErrorCode code, string native) =>
        Check(_gemini.ReadError(Fixture.Response("veo-gemini", file, status), NativeCall.Submit), status, code, native);

    [Theory]
    [InlineData("error.400.json", 400, ErrorCode.InvalidRequest, "INVALID_ARGUMENT")]
    [InlineData("error.400.safety.json", 400, ErrorCode.ContentPolicyViolation, "62263041")]
    [InlineData("error.401.json", 401, ErrorCode.AuthenticationFailed, "ACCESS_TOKEN_EXPIRED")]
    [InlineData("error.403.json", 403, ErrorCode.AuthenticationFailed, "IAM_PERMISSION_DENIED")]
    [InlineData("error.403.disabled.json", 403, ErrorCode.AuthenticationFailed, "SERVICE_DISABLED")]
    [InlineData("error.404.json", 404, ErrorCode.InvalidModel, "NOT_FOUND")]
    [InlineData("error.429.json", 429, ErrorCode.RateLimitExceeded, "RESOURCE_EXHAUSTED")]
    [InlineData("error.500.json", 500, ErrorCode.ProviderError, "INTERNAL")]
    [InlineData("error.503.json", 503, ErrorCode.ProviderError, "UNAVAILABLE")]
    [InlineData("error.504.json", 504, ErrorCode.Timeout, "DEADLINE_EXCEEDED")]
    public void ReadError_VertexSample_HasItsCode(string file, int status, ErrorCode code, string native) =>
        Check(_vertex.ReadError(Fixture.Response("veo", file, status), NativeCall.Submit), status, code, native);

    [Theory]
    [InlineData(400, """{"code":400,"message":"Billing must be enabled","status":"FAILED_PRECONDITION"}""", ErrorCode.InsufficientCredits)]
    [InlineData(400, """{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}""", ErrorCode.AuthenticationFailed)]
    [InlineData(403, """{"code":403,"message":"off","status":"PERMISSION_DENIED","details":[{"@type":"x"},{"reason":"BILLING_DISABLED"}]}""", ErrorCode.InsufficientCredits)]
    [InlineData(403, """{"code":403,"message":"blocked by Vertex AI's usage guidelines","status":"PERMISSION_DENIED"}""", ErrorCode.ContentPolicyViolation)]
    [InlineData(499, """{"code":499,"message":"gone","status":"CANCELLED"}""", ErrorCode.ProviderError)]
    public void ReadError_Details_ComeBeforeTheStatus(int status, string error, ErrorCode code) =>
        Assert.Equal(code, _gemini.ReadError(Fixture.Answer($$"""{"error":{{error}}}""", status), NativeCall.Submit).Code);

    [Fact]
    public void ReadError_Cancelled_MayHaveBeenAccepted() => Assert.Equal(
        (Acceptance.Unknown, Billed.Unknown),
        _gemini.ReadError(Fixture.Answer("{}", 499), NativeCall.Submit) is var f ? (f.Acceptance, f.Billed) : default);

    [Theory]
    [InlineData("error.429.json", 36)]
    [InlineData("error.429.freetier.json", 3600)]
    public void ReadError_Quota_SaysHowLongToWait(string file, int seconds) =>
        Assert.Equal(seconds, _gemini.ReadError(Fixture.Response("veo-gemini", file, 429), NativeCall.Submit).RetryAfter?.TotalSeconds);

    [Theory]
    [InlineData("""{"error":{"message":"Please retry in 36.9s."}}""", 36.9)]
    [InlineData("""{"error":{"details":[{"retryDelay":"1.5s"}]}}""", 1.5)]
    [InlineData("""{"error":{"details":[{"retryDelay":"soon"}]}}""", 7.0)]
    [InlineData("""{"error":{"details":[{"violations":[{"quotaId":"RequestsPerDayPerProject"}]},{"retryDelay":"3s"}]}}""", 3600.0)]
    [InlineData("""{"error":{}}""", 7.0)]
    public void ReadError_RetryDelay_IsFoundWhereverItStands(string body, double seconds) => Assert.Equal(
        seconds, _gemini.ReadError(Fixture.Answer(body, 429, ("Retry-After", "7")), NativeCall.Submit).RetryAfter?.TotalSeconds);

    [Theory]
    [InlineData(400, NativeCall.Submit, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(401, NativeCall.Submit, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(403, NativeCall.Submit, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(404, NativeCall.Submit, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(410, NativeCall.Submit, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(404, NativeCall.Download, ErrorCode.ProviderError, Acceptance.Yes)]
    [InlineData(404, NativeCall.Poll, ErrorCode.UnknownError, Acceptance.Yes)]
    [InlineData(500, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(502, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(503, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(307, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(409, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(423, NativeCall.Submit, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(425, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(499, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(520, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(521, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(522, NativeCall.Submit, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(523, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(524, NativeCall.Submit, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(525, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(526, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(530, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(599, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    public void ReadError_AnyBody_IsJudgedByStatus(int status, NativeCall call, ErrorCode code, Acceptance acceptance)
    {
        foreach (var body in (string[])["", "<html>", "[]", "[7]", "null", """{"error":null}""", """{"error":"text"}""", """{"error":{"details":{"a":1}}}"""])
        {
            var failure = _vertex.ReadError(Fixture.Answer(body, status), call);
            Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
        }
    }

    [Fact]
    public void ReadProbe_Vertex_OnlyNeedsTheCredentialsToBeTaken()
    {
        Assert.Null(_vertex.ReadProbe(Fixture.Answer("""{"error":{"code":404,"status":"NOT_FOUND"}}""", 404)));
        Assert.Null(_vertex.ReadProbe(Fixture.Answer("""{"error":{"code":400,"status":"INVALID_ARGUMENT","message":"bad name"}}""", 400)));
        Assert.Equal(ErrorCode.AuthenticationFailed, _vertex.ReadProbe(Fixture.Response("veo", "error.401.json", 401))!.Code);
        Assert.Equal(ErrorCode.AuthenticationFailed, _vertex.ReadProbe(Fixture.Response("veo", "error.403.json", 403))!.Code);
        Assert.Equal(ErrorCode.ProviderError, _vertex.ReadProbe(Fixture.Answer("", 503))!.Code);
    }

    [Fact]
    public void ReadProbe_Gemini_TellsWellFromLockedOut()
    {
        Assert.Null(_gemini.ReadProbe(Fixture.Response("veo-gemini", "models.get.response.json")));
        Assert.Equal(ErrorCode.AuthenticationFailed, _gemini.ReadProbe(Fixture.Response("veo-gemini", "error.400.key-expired.json", 400))!.Code);
    }

    [Fact]
    public void NativeError_Any_HasTheShapeOfTheProvider() => Assert.Equal(
        """{"error":{"code":503,"message":"no","status":"UNAVAILABLE"}}""", Encoding.UTF8.GetString(_gemini.NativeError(503, "no").Span));

    private static void Check(ProviderFailure failure, int status, ErrorCode code, string native)
    {
        Assert.Equal((code, native), (failure.Code, failure.NativeCode));
        Assert.Equal(status is 500 or 504 ? (Acceptance.Unknown, Billed.Unknown) : (Acceptance.No, Billed.No), (failure.Acceptance, failure.Billed));
    }
}
