using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Errors in a shape that is not the provider's own, and those of which a file only knows the status: the words count, at every declared provider.</summary>
public sealed class ForeignErrorTests
{
    public static TheoryData<string> Providers => [.. ShippedProviders.Names];

    public static TheoryData<string, string, ErrorCode> Words()
    {
        var data = new TheoryData<string, string, ErrorCode>();
        foreach (var provider in ShippedProviders.Names)
        {
            data.Add(provider, """{"detail":"Your account is not allowed to use this model."}""", ErrorCode.AuthenticationFailed);
            if (provider != "google")
            {
                // Google's refusals come after work that is perhaps billed.
                data.Add(provider, """{"error":{"message":"Rejected by our safety system."}}""", ErrorCode.ContentPolicyViolation);
            }

            data.Add(provider, """{"errors":[{"detail":"Insufficient credits"}]}""", ErrorCode.InsufficientCredits);
            data.Add(provider, """{"error":"Rate limit exceeded"}""", ErrorCode.RateLimitExceeded);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void ReadError_InA200OfAnotherShape_HasItsWordsAndStartedNothing(string provider, string body, ErrorCode expected)
    {
        var failure = ShippedProviders.Of(provider).ReadError(Fixture.Answer(body, 200), NativeCall.Submit);

        Assert.Equal((expected, Acceptance.No, Billed.No), (failure.Code, failure.Acceptance, failure.Billed));
        Assert.Contains(failure.Message, w => w == ':');
    }

    [Theory]
    [InlineData("openai", """{"error":{"message":"No.","type":"invalid_request_error","param":"size","code":"invalid_value"}}""", "size")]
    [InlineData("openai", """{"error":{"message":"No.","type":"invalid_request_error","param":"my secret prompt","code":"invalid_value"}}""", null)]
    [InlineData("openai", """{"error":{"message":"No.","type":"invalid_request_error","param":null,"code":null}}""", null)]
    [InlineData("xai", """{"error":{"message":"No.","param":"n"}}""", "n")]
    [InlineData("elevenlabs", """{"detail":[{"loc":["body","text"],"msg":"No.","type":"missing"}]}""", "text")]
    [InlineData("fal", """{"detail":[{"loc":["body","image_size"],"msg":"No.","type":"missing"}]}""", "image_size")]
    [InlineData("sora", """{"error":{"message":"No.","type":"invalid_request_error","param":"seconds","code":"invalid_value"}}""", "seconds")]
    [InlineData("runway", """{"error":"Validation of body failed","issues":[{"code":"too_big","path":["promptText"],"message":"No."}]}""", "promptText")]
    public void ReadError_RefusedField_IsNamed(string provider, string body, string? field) =>
        Assert.Equal(field, Adapter(provider).ReadError(Fixture.Answer(body, 400), NativeCall.Submit).NativeField);

    private static ProviderAdapter Adapter(string provider) => AdapterRegistry.BuiltIn().FirstOrDefault(a => a.Name == provider) ?? ShippedProviders.Of(provider);

    /// <summary>Otherwise the host could not tell what the answer says.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadSubmit_AnErrorInA200_IsNoSuccessAndNoJob(string provider)
    {
        var adapter = ShippedProviders.Of(provider);
        foreach (var model in adapter.Models)
        {
            Assert.Throws<System.Text.Json.JsonException>(() => adapter.ReadSubmit(Fixture.Answer("""{"detail":"Your account is not allowed to use this model."}""", 200), model) switch
            {
                JobOutcome.Failed { Failure.Code: ErrorCode.AuthenticationFailed } => throw new System.Text.Json.JsonException("It is read at once."),
                var other => other,
            });
        }
    }

    [Theory]
    [InlineData("""{"task_id":"k","status":"Fail","base_resp":{"status_code":1027,"status_msg":"output contains sensitive content"}}""", 200, typeof(JobOutcome.Unreadable))]
    [InlineData("""{"task_id":"j","status":"Fail","base_resp":{"status_code":1027,"status_msg":"output contains sensitive content"}}""", 200, typeof(JobOutcome.Failed))]
    [InlineData("""{"base_resp":{"status_code":2013,"status_msg":"task not found"}}""", 404, typeof(JobOutcome.NotFound))]
    [InlineData("""{"base_resp":{"status_code":2013,"status_msg":"route not found"}}""", 404, typeof(JobOutcome.Unreadable))]
    public void ReadPoll_AFailure_IsThatOfItsOwnJob(string answer, int status, Type expected) =>
        Assert.IsType(expected, ShippedProviders.Of("minimax").ReadPoll(
            Fixture.Answer(answer, status), new JobHandle("j", "MiniMax-Hailuo-2.3") { State = new Dictionary<string, string> { ["operation"] = "hailuo" } }));

    /// <summary>MiniMax says so with a status that says nothing.</summary>
    [Theory]
    [InlineData("invalid params, invalid task id (2013)", 400, typeof(JobOutcome.NotFound))]
    [InlineData("invalid params, invalid task id (2013)", 500, typeof(JobOutcome.Unreadable))]
    [InlineData("invalid params (2013)", 400, typeof(JobOutcome.Unreadable))]
    public void ReadPoll_WordsAboutAnUnknownJob_AreThoseOfTheFile(string words, int status, Type expected) =>
        Assert.IsType(expected, ShippedProviders.Of("minimax").ReadPoll(
            Fixture.Answer($$$"""{"type":"error","error":{"type":"bad_request_error","message":"{{{words}}}"}}""", status),
            new JobHandle("j", "MiniMax-H3") { State = new Dictionary<string, string> { ["operation"] = "h3" } }));

    /// <summary>Kling answers a list of those that it knows.</summary>
    [Theory]
    [InlineData("""{"code":0,"message":"SUCCEED","request_id":"r","data":[]}""", typeof(JobOutcome.NotFound))]
    [InlineData("""{"code":0,"message":"SUCCEED","request_id":"r","data":[{"id":"j","status":"processing"}]}""", typeof(JobOutcome.Running))]
    [InlineData("""{"code":0,"message":"SUCCEED","request_id":"r","data":null}""", typeof(JobOutcome.Unreadable))]
    [InlineData("""{"code":0,"message":"SUCCEED","request_id":"r"}""", typeof(JobOutcome.Unreadable))]
    [InlineData("{}", typeof(JobOutcome.Unreadable))]
    public void ReadPoll_AnEmptyListOfJobs_DoesNotKnowIt(string answer, Type expected) =>
        Assert.IsType(expected, ShippedProviders.Of("kling").ReadPoll(
            Fixture.Answer(answer, 200), new JobHandle("j", "kling-3.0") { State = new Dictionary<string, string> { ["operation"] = "text-to-video" } }));

    /// <summary>What is named for the result and is no address does not stand in the way of the documented one.</summary>
    [Theory]
    [InlineData("7", "/fal-ai/flux/requests/j")]
    [InlineData("javascript:alert(1)", "/fal-ai/flux/requests/j")]
    [InlineData("http://[::1", "/fal-ai/flux/requests/j")]
    [InlineData("https://queue.fal.run/other/requests/j", "https://queue.fal.run/other/requests/j")]
    public void BuildPoll_AddressOfTheResult_IsOneOrTheDocumented(string named, string expected)
    {
        var job = new JobHandle("j", "fal-ai/flux/dev") { State = new Dictionary<string, string> { ["operation"] = "image", ["step"] = "result", ["result"] = named } };

        Assert.Equal(expected, ShippedProviders.Of("fal").BuildPoll(job).Target);
    }

    [Theory]
    [InlineData("HTTPS://replicate.delivery/a.png", true)]
    [InlineData("  https://replicate.delivery/a.png\n", true)]
    [InlineData("//replicate.delivery/a.png", true)]
    [InlineData("DATA:image/png;base64,AA==", true)]
    [InlineData("a sentence", false)]
    public void ReadPoll_AnOutputThatMayBeText_IsAnAddressInAnyForm(string output, bool isOne)
    {
        var answer = Fixture.Answer($$"""{"id":"j","status":"succeeded","output":{{System.Text.Json.JsonSerializer.Serialize(output)}}}""", 200);

        var outcome = ShippedProviders.Of("replicate").ReadPoll(answer, new JobHandle("j", "black-forest-labs/flux-1.1-pro"));

        Assert.Equal(isOne, outcome is JobOutcome.Succeeded);
    }

    [Theory]
    [InlineData("audio/mpeg, text/plain", "ID3\u0004\0\0", true)]
    [InlineData("text/plain", "ID3\u0004\0\0", true)]
    [InlineData("audio/mpeg", "Access denied", false)]
    [InlineData("audio/mpeg", "", false)]
    public void ReadSubmit_TheBodyIsTheResult_WhenItIsNoText(string type, string body, bool isResult)
    {
        var adapter = ShippedProviders.Of("elevenlabs");
        var response = new NativeResponse(200, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = type }, System.Text.Encoding.Latin1.GetBytes(body));

        var failure = Record.Exception(() =>
        {
            var media = Assert.Single(Assert.IsType<JobOutcome.Succeeded>(adapter.ReadSubmit(response, adapter.FindModel("eleven_text_to_sound_v2")!, "sound")).Media);
            Assert.Matches("^data:[a-z/-]+;base64,[^,]+$", media.Url);
        });

        Assert.Equal(isResult, failure is null);
        Assert.True(failure is null or System.Text.Json.JsonException, failure?.Message);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public void ReadError_MoneyBehindAnyStatus_IsMoney(string provider)
    {
        foreach (var status in (ReadOnlySpan<int>)[400, 401, 403, 404, 422, 429])
        {
            var failure = ShippedProviders.Of(provider).ReadError(Fixture.Answer("""{"detail":"Insufficient credits"}""", status), NativeCall.Submit);
            Assert.Equal((ErrorCode.InsufficientCredits, Acceptance.No), (failure.Code, failure.Acceptance));
        }
    }

    [Theory]
    [InlineData("alibaba", "wan2.6-t2i", """{"output":{"task_id":"j","task_status":"FAILED","code":"x","message":"WORDS"}}""")]
    [InlineData("byteplus", "seedance-1-5-pro-251215", """{"id":"j","status":"failed","error":{"code":"x","message":"WORDS"}}""")]
    [InlineData("dream-machine", "photon-1", """{"id":"j","state":"failed","failure_reason":"WORDS"}""")]
    [InlineData("elevenlabs", "eleven_v3", """{"id":"j","status":"failed","error":{"code":"x","message":"WORDS"}}""")]
    [InlineData("kling", "kling-3.0", """{"code":0,"data":[{"id":"j","status":"failed","message":"WORDS"}]}""")]
    [InlineData("luma", "uni-1", """{"id":"j","state":"failed","failure_reason":"WORDS","failure_code":"x"}""")]
    [InlineData("minimax", "MiniMax-H3", """{"task":{"id":"j","status":"failed","error":{"code":"x","message":"WORDS"}}}""")]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"x","message":"WORDS"}}""")]
    [InlineData("replicate", "black-forest-labs/flux-1.1-pro", """{"id":"j","status":"failed","error":"WORDS"}""")]
    [InlineData("xai", "grok-imagine-video", """{"status":"failed","error":{"code":"x","message":"WORDS"}}""")]
    public void ReadPoll_TheJobFailedForLackOfMoney_IsMoneyAndNotToBeRepeated(string provider, string model, string answer)
    {
        var adapter = ShippedProviders.Of(provider);

        var outcome = adapter.ReadPoll(Fixture.Answer(answer.Replace("WORDS", "Insufficient credits", StringComparison.Ordinal), 200), new JobHandle("j", model) { State = new Dictionary<string, string> { ["operation"] = provider == "kling" ? "text-to-video" : "" } });

        var failure = Assert.IsType<JobOutcome.Failed>(outcome).Failure;
        Assert.Equal((ErrorCode.InsufficientCredits, false), (failure.Code, failure.Retryable));
        Assert.Contains("Insufficient credits", failure.Message, StringComparison.Ordinal);
    }
}
