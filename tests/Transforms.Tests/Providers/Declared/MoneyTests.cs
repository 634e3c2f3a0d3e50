using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>What must not be paid twice, nor be forgotten, nor be given to somebody else.</summary>
public sealed class MoneyTests
{
    /// <summary>The sheets call a 5xx to a submit of these ambiguous, 503 included.</summary>
    [Theory]
    [InlineData("alibaba")]
    [InlineData("byteplus")]
    [InlineData("openai")]
    [InlineData("pika-dev")]
    [InlineData("recraft")]
    [InlineData("replicate")]
    [InlineData("xai")]
    public void ABrokenSubmit_MayHaveBeenAccepted(string provider)
    {
        foreach (var status in (ReadOnlySpan<int>)[500, 502, 503, 504])
        {
            var failure = ShippedProviders.Of(provider).ReadError(Fixture.Answer("""{"error":{"message":"overloaded"}}""", status), NativeCall.Submit);
            Assert.Equal((Acceptance.Unknown, Billed.Unknown), (failure.Acceptance, failure.Billed));
        }
    }

    [Fact]
    public void AFailureThatNoRuleKnows_MayHaveBeenBilled()
    {
        var adapter = ShippedProviders.Of("luma");

        var outcome = adapter.ReadPoll(Fixture.Answer("""{"id":"j","state":"failed","failure_code":"never_seen"}"""), new JobHandle("j", "ray-3.2"));

        Assert.Equal(Billed.Unknown, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Billed);
    }

    /// <summary>A picture that is there is paid for, whatever stands beside it.</summary>
    [Theory]
    [InlineData("null", null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("\"\"", null)]
    [InlineData("""{"message":"one of the pictures was lost","type":"server_error"}""", "OpenAI: one of the pictures was lost")]
    public void AnErrorBesideAResult_DoesNotTakeItAway(string error, string? warning)
    {
        var adapter = ShippedProviders.Of("openai");

        var outcome = adapter.ReadSubmit(Fixture.Answer($$"""{"data":[{"b64_json":"AAAA"}],"error":{{error}}}"""), adapter.FindModel("gpt-image-2")!, "generate");

        var done = Assert.IsType<JobOutcome.Succeeded>(outcome);
        Assert.Single(done.Media);
        Assert.Equal(warning is null ? [] : [warning], done.Warnings);
    }

    /// <summary>An error in a 200 is the error that it names, and not a refusal of the content.</summary>
    [Theory]
    [InlineData("RESOURCE_EXHAUSTED", "Resource has been exhausted (e.g. check quota).", ErrorCode.RateLimitExceeded, Acceptance.No)]
    [InlineData("RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", ErrorCode.InsufficientCredits, Acceptance.No)]
    [InlineData("PERMISSION_DENIED", "The caller has no permission.", ErrorCode.AuthenticationFailed, Acceptance.No)]
    [InlineData("INVALID_ARGUMENT", "The size is wrong.", ErrorCode.InvalidRequest, Acceptance.No)]
    [InlineData("NOT_FOUND", "models/x is not found.", ErrorCode.InvalidModel, Acceptance.No)]
    [InlineData("INTERNAL", "An internal error has occurred.", ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData("DEADLINE_EXCEEDED", "It took too long.", ErrorCode.Timeout, Acceptance.Unknown)]
    public void GoogleNamesAnErrorInA200_ItIsThatError(string status, string message, ErrorCode code, Acceptance acceptance)
    {
        var failure = ShippedProviders.Of("google").ReadError(Fixture.Answer($$"""{"error":{"code":1,"message":"{{message}}","status":"{{status}}"} }"""), NativeCall.Submit);

        Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
        Assert.Equal(acceptance == Acceptance.No ? Billed.No : Billed.Unknown, failure.Billed);
    }

    /// <summary>What a failure bills is what the provider says, and not what a success would have cost.</summary>
    [Theory]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"provider_error","message":"It broke."},"billing":{"state":"settled","charge_micro_usd":90000}}""", 0.09, Billed.Yes)]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"provider_error","message":"It broke."},"billing":{"state":"settled","charge_micro_usd":0}}""", null, Billed.No)]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"provider_error","message":"It broke."},"billing":{"state":"pending","charge_micro_usd":0}}""", null, Billed.Unknown)]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"provider_error","message":"It broke."},"billing":{"state":"unavailable"}}""", null, Billed.Unknown)]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"provider_error","message":"It broke."},"billing":null}""", null, Billed.Unknown)]
    [InlineData("pika-dev", "pika-2.5", """{"id":"j","status":"failed","error":{"code":"provider_timeout","message":"It took too long."},"billing":{"state":"pending","charge_micro_usd":0}}""", null, Billed.No)]
    [InlineData("xai", "grok-imagine-video", """{"status":"failed","error":{"code":"invalid_argument","message":"Blocked by moderation."},"usage":{"cost_in_usd_ticks":200000000}}""", 0.02, Billed.Yes)]
    [InlineData("xai", "grok-imagine-video", """{"status":"failed","error":{"code":"invalid_argument","message":"Blocked by moderation."},"usage":{"cost_in_usd_ticks":0}}""", null, Billed.No)]
    [InlineData("xai", "grok-imagine-video", """{"status":"failed","error":{"code":"invalid_argument","message":"Blocked by moderation."}}""", null, Billed.Yes)]
    [InlineData("xai", "grok-imagine-video", """{"status":"done","video":{"url":"https://x.example/v.mp4","respect_moderation":false},"usage":{"cost_in_usd_ticks":0}}""", null, Billed.No)]
    [InlineData("xai", "grok-imagine-video", """{"status":"done","video":{"url":"https://x.example/v.mp4","respect_moderation":false},"usage":{"cost_in_usd_ticks":500000000}}""", 0.05, Billed.Yes)]
    [InlineData("xai", "grok-imagine-video", """{"status":"done","video":{"url":"https://x.example/v.mp4","respect_moderation":false}}""", null, Billed.Yes)]
    [InlineData("byteplus", "seedance-1-0-pro-250528", """{"id":"j","status":"failed","error":{"code":"InternalServiceError","message":"It broke."},"usage":{"total_tokens":1000}}""", null, Billed.No)]
    public void AJobFails_ItsBillIsWhatItSays(string provider, string model, string answer, double? cost, Billed billed)
    {
        var outcome = ShippedProviders.Of(provider).ReadPoll(Fixture.Answer(answer), new JobHandle("j", model));

        var failure = Assert.IsType<JobOutcome.Failed>(outcome).Failure;
        Assert.Equal(((decimal?)cost, billed), (failure.Cost, failure.Billed));
    }

    /// <summary>Pictures that were made and held back are paid for, unless the answer says that they cost nothing.</summary>
    [Theory]
    [InlineData("xai", "grok-imagine-image", """{"data":[{"url":"https://x.example/1.png","respect_moderation":false}],"usage":{"cost_in_usd_ticks":0}}""", null, Billed.No)]
    [InlineData("xai", "grok-imagine-image", """{"data":[{"url":"https://x.example/1.png","respect_moderation":false}],"usage":{"cost_in_usd_ticks":200000000}}""", 0.02, Billed.Yes)]
    [InlineData("xai", "grok-imagine-image", """{"data":[{"url":"https://x.example/1.png","respect_moderation":false}]}""", null, Billed.Yes)]
    [InlineData("recraft", "recraftv4_1", """{"data":[{"url":"https://x.example/1.png","is_image_safe":false}],"credits":0}""", null, Billed.No)]
    [InlineData("recraft", "recraftv4_1", """{"data":[{"url":"https://x.example/1.png","is_image_safe":false}],"credits":40}""", 0.04, Billed.Yes)]
    public void EveryResultIsHeldBack_ItsBillIsWhatItSays(string provider, string model, string answer, double? cost, Billed billed)
    {
        var adapter = ShippedProviders.Of(provider);

        var failure = Assert.IsType<JobOutcome.Failed>(adapter.ReadSubmit(Fixture.Answer(answer), adapter.FindModel(model)!, "image")).Failure;

        Assert.Equal((ErrorCode.ContentPolicyViolation, (decimal?)cost, billed), (failure.Code, failure.Cost, failure.Billed));
    }

    [Fact]
    public void APromptIsBlocked_ItsTokensAreTheBill()
    {
        var adapter = ShippedProviders.Of("google");

        var outcome = adapter.ReadSubmit(
            Fixture.Answer("""{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":14,"totalTokenCount":14}}"""), adapter.FindModel("gemini-nano-banana-2.1")!, "image");

        var failure = Assert.IsType<JobOutcome.Failed>(outcome).Failure;
        Assert.Equal((ErrorCode.ContentPolicyViolation, Billed.Yes, 0.000021m), (failure.Code, failure.Billed, failure.Cost));
    }

    [Fact]
    public void ARefusalIsBilled_ItsBillIsWhatItSays()
    {
        var failure = ShippedProviders.Of("xai").ReadError(
            Fixture.Answer("""{"code":"Client specified an invalid argument","error":"Generated image rejected by content moderation.","usage":{"cost_in_usd_ticks":200000000}}""", 400), NativeCall.Submit);

        Assert.Equal((0.02m, Billed.Yes, Acceptance.Yes), (failure.Cost, failure.Billed, failure.Acceptance));
    }

    /// <summary>Tokens that were counted are on the bill, whatever error stands beside them.</summary>
    [Theory]
    [InlineData("INVALID_ARGUMENT")]
    [InlineData("RESOURCE_EXHAUSTED")]
    [InlineData("NOT_FOUND")]
    public void GoogleCountsTokensBesideAnError_ItIsPaid(string status)
    {
        var adapter = ShippedProviders.Of("google");
        foreach (var (tokens, acceptance, billed) in new[] { (0, Acceptance.No, Billed.No), (14, Acceptance.Yes, Billed.Yes) })
        {
            var failure = adapter.ReadError(
                Fixture.Answer($$$"""{"error":{"code":1,"message":"It went wrong.","status":"{{{status}}}"},"usageMetadata":{"promptTokenCount":{{{tokens}}},"totalTokenCount":{{{tokens}}}}}"""), NativeCall.Submit);

            Assert.Equal((acceptance, billed), (failure.Acceptance, failure.Billed));
        }
    }

    [Theory]
    [InlineData("google", "gemini-3.8-flash", "text", """{"candidates":[{"content":{"parts":[{"text":"a b"}]},"finishReason":"END"}]}""", "STOP", "MAX_TOKENS")]
    [InlineData("openai", "gpt-5.5", "text", """{"status":"incomplete","incomplete_details":{"reason":"END"},"output":[{"content":[{"type":"output_text","text":"a b"}]}]}""", "other", "max_output_tokens")]
    public void ATextThatTheLimitHasCut_IsToldAsSuch(string provider, string model, string operation, string answer, string whole, string cut)
    {
        var adapter = ShippedProviders.Of(provider);

        foreach (var end in (ReadOnlySpan<string>)[whole, cut])
        {
            var outcome = adapter.ReadSubmit(Fixture.Answer(answer.Replace("END", end, StringComparison.Ordinal)), adapter.FindModel(model)!, operation);
            Assert.Equal(("a b", end == cut), Assert.IsType<JobOutcome.Succeeded>(outcome) is var done ? (done.Text, done.TextIsCut) : default);
        }
    }

    /// <summary>A model that thinks first may reach the limit before its first word: that is paid for, and no failure.</summary>
    [Theory]
    [InlineData("google", "gemini-3.8-flash", """{"candidates":[{"content":{"role":"model"},"finishReason":"END"}],"usageMetadata":{"totalTokenCount":9}}""", "STOP", "MAX_TOKENS")]
    [InlineData("google", "gemini-3.8-flash", """{"candidates":[{"finishReason":"END","index":0}],"usageMetadata":{"totalTokenCount":9}}""", "STOP", "MAX_TOKENS")]
    [InlineData("openai", "gpt-5.5", """{"status":"incomplete","error":null,"incomplete_details":{"reason":"END"},"output":[{"type":"reasoning","summary":[]}],"usage":{"total_tokens":9}}""", "other", "max_output_tokens")]
    public void ATextOfWhichTheLimitHasCutAll_IsAnEmptyOne(string provider, string model, string answer, string whole, string cut)
    {
        var adapter = ShippedProviders.Of(provider);

        JobOutcome Read(string end) => adapter.ReadSubmit(Fixture.Answer(answer.Replace("END", end, StringComparison.Ordinal)), adapter.FindModel(model)!, "text");

        Assert.Equal(Billed.Yes, Assert.IsType<JobOutcome.Failed>(Read(whole)).Failure.Billed);
        Assert.Equal(("", true, 9L), Assert.IsType<JobOutcome.Succeeded>(Read(cut)) is var done ? (done.Text, done.TextIsCut, done.TokensUsed) : default);
    }

    [Theory]
    [InlineData("google", "gemini-3.8-flash", """{"candidates":[{"content":{"parts":[{"text":"a"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":1,"thoughtsTokenCount":3,"totalTokenCount":9}}""", 9L, 5L)]
    [InlineData("openai", "gpt-5.5", """{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}],"usage":{"input_tokens":5,"output_tokens":4,"total_tokens":9}}""", 9L, 5L)]
    [InlineData("openai", "gpt-5.5", """{"status":"completed","output":[{"type":"message","content":[{"type":"output_text","text":"a"}]}]}""", null, null)]
    public void TokensThatWereRead_AreToldApart(string provider, string model, string answer, long? all, long? read)
    {
        var adapter = ShippedProviders.Of(provider);

        var done = Assert.IsType<JobOutcome.Succeeded>(adapter.ReadSubmit(Fixture.Answer(answer), adapter.FindModel(model)!, "text"));

        Assert.Equal((all, read), (done.TokensUsed, done.InputTokens));
    }

    /// <summary>The filters name their reason; any other error inside a 200 is none of theirs.</summary>
    [Theory]
    [InlineData("""{"error":{"code":501,"message":"Not there yet.","status":"UNIMPLEMENTED"}}""", ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData("""{"error":{"code":500,"message":"","status":"DATA_LOSS"}}""", ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData("""{"error":{"code":500}}""", ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData("""{"error":{"message":"Odd.","details":[{"reason":"NEW_REASON"}]}}""", ErrorCode.ProviderError, Acceptance.Unknown)]
    [InlineData("""{"promptFeedback":{"blockReason":"NEW_REASON"}}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"promptFeedback":{"blockReason":"JAILBREAK"}}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"candidates":[{"finishReason":"BLOCKLIST"}]}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"candidates":[{"finishReason":"SPII"}]}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"candidates":[{"finishReason":"IMAGE_SAFETY"}]}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"candidates":[{"finishReason":"IMAGE_RECITATION"}]}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"candidates":[{"finishReason":"IMAGE_PROHIBITED_CONTENT"}]}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    [InlineData("""{"candidates":[{"finishReason":"MODEL_ARMOR"}]}""", ErrorCode.ContentPolicyViolation, Acceptance.Yes)]
    public void AnErrorInsideA200OfGoogle_IsARefusalByTheFiltersWhereItSaysSo(string answer, ErrorCode code, Acceptance acceptance)
    {
        var adapter = ShippedProviders.Of("google");

        var response = Fixture.Answer(answer);
        var failure = response.NamesAnError ? adapter.ReadError(response, NativeCall.Submit)
            : Assert.IsType<JobOutcome.Failed>(adapter.ReadSubmit(response, adapter.FindModel("gemini-nano-banana-2.1")!, "image")).Failure;

        Assert.Equal((code, acceptance), (failure.Code, failure.Acceptance));
    }

    /// <summary>An error of which every member is empty is none.</summary>
    [Theory]
    [InlineData("""{"message":"","type":"","code":null}""", true)]
    [InlineData("""{"message":"","details":[],"inner":{"reason":null}}""", true)]
    [InlineData("""{"message":"","type":"","code":"x"}""", false)]
    [InlineData("""{"message":"","type":"","code":7}""", false)]
    public void AnErrorOfWhichAllIsEmpty_IsNone(string error, bool isNone)
    {
        var adapter = ShippedProviders.Of("xai");
        var answer = $$"""{"error":{{error}},"request_id":"job-1"}""";

        Assert.Equal(isNone, adapter.ReadSubmit(Fixture.Answer(answer), adapter.FindModel("grok-imagine-video")!, "video") is JobOutcome.Running);
    }

    [Fact]
    public void ALookUp_NeedsTheWholeInput()
    {
        var text = File.ReadAllText(Path.Combine(ShippedProviders.Folder, "replicate.json")).Replace("\"match\": { \"/input\": \"/input\" }", "\"match\": {}", StringComparison.Ordinal);

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults));

        Assert.Contains("/job/find/match", faults.Select(f => f.Path));
    }

    [Theory]
    [InlineData("p", true, false)]
    [InlineData("another", false, false)]
    [InlineData(null, false, true)]
    public void ALookUp_FindsTheSameInputOnly(string? told, bool isFound, bool isUncertain)
    {
        // Longer than anything that could be mistaken for a picture.
        var prompt = new string('x', 6000);
        var adapter = ShippedProviders.Of("replicate");
        var model = adapter.FindModel("black-forest-labs/flux-schnell")!;
        var request = new GenerationRequest { Provider = "replicate", Model = model.Id, MediaType = MediaType.Image, Prompt = prompt + "p" };
        var lost = new LostSubmit(request, model, new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero), new Uri("https://api.replicate.com/"))
        {
            Native = adapter.BuildSubmit(request, model, new MappingIssues()),
        };
        var input = told is null ? "" : $",\"input\":{{\"prompt\":\"{prompt}{told}\",\"go_fast\":true}}";

        var found = adapter.Reconciliation.List!.Read(Fixture.Answer($"{{\"results\":[{{\"id\":\"r1\",\"created_at\":\"2026-11-28T12:00:01Z\"{input}}}]}}"), lost);

        Assert.Equal(isFound, found.Candidates is [{ NativeId: "r1" }]);
        Assert.Equal(isUncertain, found.IsUncertain);
    }

    [Fact]
    public void AJob_IsFollowedByTheFileItBeganWith()
    {
        var text = File.ReadAllText(Path.Combine(ShippedProviders.Folder, "luma.json"));
        var (first, renamed, without) = (Read(text), Read(text.Replace("\"name\": \"video\"", "\"name\": \"clip\"", StringComparison.Ordinal)), Read(text.Replace("\"id\": \"ray-3.2\"", "\"id\": \"ray-4\"", StringComparison.Ordinal)));
        var job = new JobHandle("j", "ray-3.2") { State = new Dictionary<string, string> { ["operation"] = "video" } };
        var registry = new AdapterRegistry(AdapterRegistry.BuiltIn());
        registry.Declare([first]);
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));

        registry.Declare([renamed]);
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));
        Assert.Same(renamed, registry.FindForJob("luma", "ray-3.2", null));

        registry.Declare([without]);
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));

        registry.Declare([]);
        Assert.Null(registry.Find("luma"));
        Assert.Same(first, registry.FindForJob("luma", "ray-3.2", job));
    }

    private static ProviderAdapter Read(string text) => ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out _)!.Value.Adapter;
}
