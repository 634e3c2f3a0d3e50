using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Flux;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Tests.Providers.Flux;

public class FluxFailuresTests
{
    private readonly FluxAdapter _adapter = new();

    /// <summary>Every sample whose manifest names a unified code: file, HTTP status, code.</summary>
    public static TheoryData<string, int, string> Samples
    {
        get
        {
            var data = new TheoryData<string, int, string>();
            foreach (var sample in Fixture.Json("flux", "manifest.json").GetProperty("samples").EnumerateArray())
            {
                if (sample.GetProperty("unifiedCode").GetString() is { } code)
                {
                    data.Add(sample.GetProperty("file").GetString()!, sample.GetProperty("status").GetInt32(), code);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_Sample_HasTheCodeOfTheManifest(string file, int status, string code)
    {
        var response = Fixture.Response("flux", file, status);
        var failure = file.StartsWith("error", StringComparison.Ordinal)
            ? _adapter.ReadError(response, NativeCall.Submit)
            : _adapter.ReadPoll(response, new JobHandle("f0c1a7de-52b4-4a3f-9d1e-8c2b6f7a9e01", "flux-dev")) switch
            {
                JobOutcome.Failed failed => failed.Failure,
                JobOutcome.NotFound lost => lost.Failure,
                var other => throw new InvalidOperationException($"{file} was read as {other.GetType().Name}."),
            };

        Assert.Equal(code, JsonSerializer.SerializeToElement(failure.Code, ContractJson.Default.ErrorCode).GetString());
    }

    [Theory]
    [InlineData(400, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(401, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(402, ErrorCode.InsufficientCredits, Acceptance.No)]
    [InlineData(403, ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData(404, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(405, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(408, ErrorCode.Timeout, Acceptance.Unknown)]
    [InlineData(410, ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData(413, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(422, ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData(429, ErrorCode.RateLimitExceeded, Acceptance.No)]
    [InlineData(302, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(409, ErrorCode.ProviderError, Acceptance.No)]
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
    [InlineData(500, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(502, ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData(503, ErrorCode.ProviderError, Acceptance.No)]
    [InlineData(504, ErrorCode.Timeout, Acceptance.Unknown)]
    public void ReadError_SubmitWithAnyBody_IsJudgedByStatus(int status, ErrorCode code, Acceptance acceptance)
    {
        foreach (var body in (string[])["", "<html><body>502 Bad Gateway</body></html>", "[1]", "null", """{"detail":{"a":1}}"""])
        {
            var failure = _adapter.ReadError(Fixture.Answer(body, status), NativeCall.Submit);

            Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
            Assert.Equal(acceptance == Acceptance.No ? Billed.No : Billed.Unknown, failure.Billed);
            Assert.Equal(code == ErrorCode.ProviderError && status != 302, failure.Retryable);
            Assert.DoesNotContain("html", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ReadError_MalformedKey_IsAnAuthenticationFailure()
    {
        var failure = _adapter.ReadError(Fixture.Answer("""{"detail":"Invalid API key format"}""", 422), NativeCall.Submit);

        Assert.Equal((ErrorCode.AuthenticationFailed, Acceptance.No, Billed.No), (failure.Code, failure.Acceptance, failure.Billed));
    }

    [Fact]
    public void ReadError_ValidationDetails_NamesPlaceAndMessageButNotTheInput()
    {
        var failure = _adapter.ReadError(
            Fixture.Answer("""{"detail":[{"loc":["body","width"],"msg":"too small","input":"my secret prompt","type":"ge"},{"loc":["body","keyframes",0],"msg":"bad"}]}""", 422),
            NativeCall.Submit);

        Assert.Equal("Flux answered 422: width: too small; keyframes.0: bad", failure.Message);
        Assert.Equal(("ge", "width"), (failure.NativeCode, failure.NativeField));
    }

    [Theory]
    [InlineData(400, "key sk-proj-abcdefghijkl was seen")]
    [InlineData(400, "header Bearer abc.def")]
    [InlineData(400, "bfl_0123456789abcdef")]
    [InlineData(401, "the key plainoldkey is wrong")]
    public void ReadError_TextWithAKey_DoesNotRepeatIt(int status, string text)
    {
        var message = _adapter.ReadError(Fixture.Answer($$"""{"detail":"{{text}}"}""", status), NativeCall.Submit).Message;

        Assert.All((string[])["abcdefghijkl", "abc.def", "0123456789", "plainoldkey"], secret => Assert.DoesNotContain(secret, message, StringComparison.Ordinal));
    }

    [Fact]
    public void ReadError_LongTextWithControlCharacters_IsShortAndPrintable()
    {
        var message = _adapter.ReadError(
            Fixture.Answer($$"""{"message":"a\u0000b\n\u001b[31m{{string.Concat(Enumerable.Repeat("🦊 ", 500))}}"}""", 500), NativeCall.Submit).Message;

        Assert.StartsWith("Flux answered 500: ab[31m", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 250, 300);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.Equal(message, new System.Text.UTF8Encoding(false, true).GetString(new System.Text.UTF8Encoding(false, true).GetBytes(message)));
    }

    [Theory]
    [InlineData("Retry-After", "7", 7000)]
    [InlineData("retry-after-ms", "250", 250)]
    public void ReadError_AskedToWait_SaysHowLong(string header, string value, int ms) => Assert.Equal(
        TimeSpan.FromMilliseconds(ms),
        _adapter.ReadError(Fixture.Response("flux", "error.429.json", 429, (header, value)), NativeCall.Submit).RetryAfter);

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    public void ReadError_DownloadRefused_IsAnExpiredLinkAndNotAKey(int status)
    {
        var failure = _adapter.ReadError(Fixture.Answer("<Error/>", status), NativeCall.Download);

        Assert.Equal((ErrorCode.ProviderError, Billed.Yes), (failure.Code, failure.Billed));
    }

    [Fact]
    public void ReadProbe_Answers_TellWellFromEmptyAndLockedOut()
    {
        Assert.Equal("/v1/credits", _adapter.BuildProbe().Target);
        Assert.Null(_adapter.ReadProbe(Fixture.Response("flux", "credits.response.json")));
        Assert.Equal(ErrorCode.InsufficientCredits, _adapter.ReadProbe(Fixture.Answer("""{"credits":0}"""))!.Code);
        Assert.Equal(ErrorCode.AuthenticationFailed, _adapter.ReadProbe(Fixture.Response("flux", "error.403.json", 403))!.Code);
    }
}
