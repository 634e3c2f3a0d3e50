using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Runway;

namespace Framegate.Transforms.Tests.Providers.Runway;

public class RunwayFailuresTests
{
    private readonly RunwayAdapter _adapter = new();

    [Theory]
    [InlineData("error.400-validation.json", 400, ErrorCode.InvalidRequest, "invalid_value")]
    [InlineData("error.400-unknown-field.json", 400, ErrorCode.InvalidRequest, "unrecognized_keys")]
    [InlineData("error.400-invalid-model.json", 400, ErrorCode.InvalidModel, "invalid_union")]
    [InlineData("error.400-asset.json", 400, ErrorCode.InvalidRequest, "too_big")]
    [InlineData("error.401.json", 401, ErrorCode.AuthenticationFailed, null)]
    [InlineData("error.405.json", 405, ErrorCode.InvalidRequest, null)]
    [InlineData("error.429.json", 429, ErrorCode.RateLimitExceeded, null)]
    [InlineData("error.500.json", 500, ErrorCode.ProviderError, null)]
    [InlineData("error.503.json", 503, ErrorCode.ProviderError, null)]
    [InlineData("error.504.json", 504, ErrorCode.Timeout, null)]
    public void ReadError_Sample_HasItsCode(string file, int status, ErrorCode code, string? native)
    {
        var failure = _adapter.ReadError(Fixture.Response("runway", file, status), NativeCall.Submit);

        Assert.Equal((code, native), (failure.Code, failure.NativeCode));
        Assert.Equal(status is 500 or 504 ? (Acceptance.Unknown, Billed.Unknown) : (Acceptance.No, Billed.No), (failure.Acceptance, failure.Billed));
    }

    [Fact]
    public void ReadError_Issues_SayWhereAndWhatIsTaken() => Assert.Equal(
        "Runway answered 400: Validation of body failed: ratio: Invalid option (1280:720, 720:1280)",
        _adapter.ReadError(Fixture.Response("runway", "error.400-validation.json", 400), NativeCall.Submit).Message);

    [Theory]
    [InlineData("""{"error":"You do not have enough credits to run this task."}""", ErrorCode.InsufficientCredits)]
    [InlineData("""{"error":"Insufficient credits"}""", ErrorCode.InsufficientCredits)]
    [InlineData("""{"error":"x","issues":[{"code":"invalid_union","path":["promptImage"],"message":"Invalid input"}]}""", ErrorCode.InvalidRequest)]
    [InlineData("""{"error":"x","issues":[{"code":"invalid_union_discriminator","path":["model"]}]}""", ErrorCode.InvalidModel)]
    [InlineData("""{"error":"Invalid API version"}""", ErrorCode.InvalidRequest)]
    [InlineData("""{"error":{"message":"x"},"issues":"none"}""", ErrorCode.InvalidRequest)]
    public void ReadError_BadRequest_IsToldApart(string body, ErrorCode code)
    {
        var failure = _adapter.ReadError(Fixture.Answer(body, 400), NativeCall.Submit);

        Assert.Equal((code, Acceptance.No, Billed.No), (failure.Code, failure.Acceptance, failure.Billed));
    }

    [Theory]
    [InlineData(402, NativeCall.Submit, ErrorCode.InsufficientCredits, Acceptance.No)]
    [InlineData(403, NativeCall.Submit, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(404, NativeCall.Submit, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(410, NativeCall.Submit, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(408, NativeCall.Submit, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(409, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(422, NativeCall.Submit, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(502, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(307, NativeCall.Submit, ErrorCode.ProviderError, Acceptance.No)]
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
    [InlineData(404, NativeCall.Poll, ErrorCode.UnknownError, Acceptance.Yes)]
    [InlineData(403, NativeCall.Download, ErrorCode.ProviderError, Acceptance.Yes)]
    [InlineData(404, NativeCall.Download, ErrorCode.ProviderError, Acceptance.Yes)]
    public void ReadError_AnyBody_IsJudgedByStatus(int status, NativeCall call, ErrorCode code, Acceptance acceptance)
    {
        foreach (var body in (string[])["", "<html>no</html>", "[]", "null", """{"error":null}""", """{"error":7,"issues":[[]]}"""])
        {
            var failure = _adapter.ReadError(Fixture.Answer(body, status), call);
            Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
        }
    }

    [Fact]
    public void ReadError_ProviderSaysHowToRetry_IsHeard()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), _adapter.ReadError(Fixture.Response("runway", "error.429.json", 429, ("Retry-After", "60")), NativeCall.Submit).RetryAfter);
        Assert.True(_adapter.ReadError(Fixture.Response("runway", "error.503.json", 503), NativeCall.Submit).Retryable);
        Assert.False(_adapter.ReadError(Fixture.Response("runway", "error.503.json", 503, ("x-should-retry", "false")), NativeCall.Submit).Retryable);
    }

    [Fact]
    public void ReadError_KeyInTheAnswer_IsNotRepeated() => Assert.DoesNotContain(
        "key_", _adapter.ReadError(Fixture.Answer("""{"error":"bad key key_0123456789abcdef"}""", 401), NativeCall.Submit).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadProbe_Answers_TellWellFromEmptyAndLockedOut()
    {
        Assert.Null(_adapter.ReadProbe(Fixture.Response("runway", "organization.response.json")));
        Assert.Null(_adapter.ReadProbe(Fixture.Answer("{}")));
        Assert.Equal(ErrorCode.InsufficientCredits, _adapter.ReadProbe(Fixture.Answer("""{"creditBalance":0}"""))!.Code);
        Assert.Equal(ErrorCode.AuthenticationFailed, _adapter.ReadProbe(Fixture.Response("runway", "error.401.json", 401))!.Code);
    }

    [Fact]
    public void NativeError_Any_HasTheShapeOfTheProvider() =>
        Assert.Equal("""{"error":"no"}""", Encoding.UTF8.GetString(_adapter.NativeError(502, "no").Span));
}
