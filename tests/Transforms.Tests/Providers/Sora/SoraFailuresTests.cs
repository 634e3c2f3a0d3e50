using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Sora;

namespace Framegate.Transforms.Tests.Providers.Sora;

public class SoraFailuresTests
{
    private readonly SoraAdapter _adapter = new();

    [Theory]
    [InlineData("error.400.json", 400, ErrorCode.InvalidRequest, "invalid_value")]
    [InlineData("error.400.type.json", 400, ErrorCode.InvalidRequest, "invalid_type")]
    [InlineData("error.400.size.json", 400, ErrorCode.InvalidRequest, "invalid_request_error")]
    [InlineData("error.400.moderation.json", 400, ErrorCode.ContentPolicyViolation, "moderation_blocked")]
    [InlineData("error.400.billing.json", 400, ErrorCode.InsufficientCredits, "billing_hard_limit_reached")]
    [InlineData("error.401.json", 401, ErrorCode.AuthenticationFailed, "invalid_api_key")]
    [InlineData("error.403.json", 403, ErrorCode.AuthenticationFailed, "unsupported_country_region_territory")]
    [InlineData("error.404.json", 404, ErrorCode.InvalidModel, "invalid_request_error")]
    [InlineData("error.404.model.json", 404, ErrorCode.InvalidModel, "model_not_found")]
    [InlineData("error.404.model.json", 400, ErrorCode.InvalidModel, "model_not_found")]
    [InlineData("error.409.json", 409, ErrorCode.ProviderError, "invalid_request_error")]
    [InlineData("error.429.json", 429, ErrorCode.RateLimitExceeded, "rate_limit_exceeded")]
    [InlineData("error.429.credits.json", 429, ErrorCode.InsufficientCredits, "credit_balance_exhausted")]
    [InlineData("error.500.json", 500, ErrorCode.ProviderError, "server_error")]
    [InlineData("error.503.json", 503, ErrorCode.ProviderError, "server_error")]
    public void ReadError_Sample_HasItsCode(string file, int status, ErrorCode code, string native)
    {
        var failure = _adapter.ReadError(Fixture.Response("sora", file, status), NativeCall.Submit);

        Assert.Equal((code, native), (failure.Code, failure.NativeCode));
        Assert.Equal(status == 500 ? (Acceptance.Unknown, Billed.Unknown) : (Acceptance.No, Billed.No), (failure.Acceptance, failure.Billed));
        Assert.DoesNotContain("sk-proj", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(401, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(402, ErrorCode.InsufficientCredits, Acceptance.No)]
    [InlineData(403, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(404, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(408, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(409, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(410, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(422, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(429, ErrorCode.RateLimitExceeded, Acceptance.No)]
    [InlineData(500, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(502, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(503, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(504, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(307, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(423, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(425, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(499, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(520, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(521, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(522, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(523, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(524, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(525, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(526, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(530, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(599, ErrorCode.ProviderError, Acceptance.Unknown)]
    public void ReadError_SubmitWithAnyBody_IsJudgedByStatus(int status, ErrorCode code, Acceptance acceptance)
    {
        foreach (var body in (string[])["", "<html>no</html>", "[]", "null", """{"error":null}""", """{"error":"text"}""", """{"error":{"code":7,"type":[]}}"""])
        {
            var failure = _adapter.ReadError(Fixture.Answer(body, status), NativeCall.Submit);

            Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
            Assert.Equal(acceptance == Acceptance.No ? Billed.No : Billed.Unknown, failure.Billed);
        }
    }

    [Theory]
    [InlineData("insufficient_quota", ErrorCode.InsufficientCredits)]
    [InlineData("billing_limit_user_error", ErrorCode.InsufficientCredits)]
    [InlineData("tokens", ErrorCode.RateLimitExceeded)]
    [InlineData("request_forbidden", ErrorCode.AuthenticationFailed)]
    public void ReadError_TypeWithoutCode_Decides(string type, ErrorCode code) => Assert.Equal(
        code, _adapter.ReadError(Fixture.Answer($$$"""{"error":{"type":"{{{type}}}","code":null}}""", 400), NativeCall.Submit).Code);

    [Fact]
    public void ReadError_ProviderSaysDoNotRetry_IsNotRetryable()
    {
        Assert.True(_adapter.ReadError(Fixture.Response("sora", "error.503.json", 503), NativeCall.Submit).Retryable);
        Assert.False(_adapter.ReadError(Fixture.Response("sora", "error.503.json", 503, ("x-should-retry", "false")), NativeCall.Submit).Retryable);
    }

    [Fact]
    public void ReadError_RateLimitHeaders_SayHowLongToWait()
    {
        var headers = Fixture.Json("sora", "headers.429.json").EnumerateObject().Select(h => (h.Name, h.Value.GetString()!)).ToArray();

        Assert.Equal(TimeSpan.FromSeconds(6), _adapter.ReadError(Fixture.Response("sora", "error.429.json", 429, headers), NativeCall.Submit).RetryAfter);
    }

    [Fact]
    public void ReadError_VideoGoneAtDownload_WasPaidAndMayBeMadeAgain()
    {
        var failure = _adapter.ReadError(Fixture.Response("sora", "error.404.json", 404), NativeCall.Download);

        Assert.Equal((ErrorCode.ProviderError, true, Billed.Yes), (failure.Code, failure.Retryable, failure.Billed));
    }

    [Fact]
    public void ReadProbe_Answers_TellWellFromLockedOut()
    {
        Assert.Null(_adapter.ReadProbe(Fixture.Answer("""{"data":[]}""")));
        Assert.Equal(ErrorCode.AuthenticationFailed, _adapter.ReadProbe(Fixture.Response("sora", "error.401.json", 401))!.Code);
    }
}
