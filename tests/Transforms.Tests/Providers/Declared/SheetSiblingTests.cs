using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>What the fact sheets say beside their samples: trouble inside 2xx answers to polls, rules between fields, prices that hang on more than one of them.</summary>
public sealed class SheetSiblingTests
{
    /// <summary>An answer that tells of the rate, the key or the provider's own trouble tells nothing of the job, which runs and is paid for.</summary>
    [Theory]
    [InlineData("kling", "kling-3.0", "text-to-video", null, """{"code":1302,"message":"too fast"}""")]
    [InlineData("kling", "kling-3.0", "text-to-video", null, """{"code":1002,"message":"auth"}""")]
    [InlineData("kling", "kling-3.0", "text-to-video", null, """{"code":5000,"message":"server error"}""")]
    [InlineData("kling", "kling-3.0", "text-to-video", null, """{"code":5002,"message":"timeout"}""")]
    [InlineData("kling", "kling-v2-6", "old-text-to-video", null, """{"code":1303,"message":"parallel tasks"}""")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", null, """{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}""")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", null, """{"task_id":"","status":"","base_resp":{"status_code":1004,"status_msg":"auth"}}""")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", null, """{"base_resp":{"status_code":1000,"status_msg":"unknown error"}}""")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", "result", """{"base_resp":{"status_code":1039,"status_msg":"tokens a minute"}}""")]
    [InlineData("alibaba", "wan3.0-video", "video", null, """{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded"}""")]
    public void TroubleWithThePoll_EndsNoJob(string provider, string model, string operation, string? step, string answer)
    {
        Assert.IsType<JobOutcome.Unreadable>(Polled(provider, model, operation, answer, step));
    }

    [Theory]
    [InlineData("kling", "kling-3.0", "text-to-video", """{"code":1301,"message":"policy"}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("kling", "kling-3.0", "text-to-video", """{"code":0,"data":[{"id":"j1","status":"failed","message":"server error"}]}""", ErrorCode.ProviderError)]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", """{"task_id":"j1","status":"Fail","base_resp":{"status_code":1027,"status_msg":"output"}}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", """{"task_id":"j1","status":"Fail","base_resp":{"status_code":1000,"status_msg":"unknown error"}}""", ErrorCode.ProviderError)]
    [InlineData("xai", "grok-imagine-video-1.5", "video", """{"status":"failed","error":{"code":"invalid_argument","message":"Video blocked by safety filters."}}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("alibaba", "wan2.6-image", "image", """{"output":{"task_id":"j1","task_status":"SUCCEEDED","results":[{"code":"DataInspectionFailed","message":"m"}]}}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("alibaba", "wan2.6-image", "image", """{"output":{"task_id":"j1","task_status":"SUCCEEDED","results":[{"code":"InternalError.Algo","message":"m"}]}}""", ErrorCode.ProviderError)]
    public void AFailureOfTheJob_IsReadFromTheSameAnswer(string provider, string model, string operation, string answer, ErrorCode code)
    {
        Assert.Equal(code, Assert.IsType<JobOutcome.Failed>(Polled(provider, model, operation, answer)).Failure.Code);
    }

    /// <summary>The code that stands in every answer is about the call: a success beside it that names its result is fetched, and one that names none is asked for again.</summary>
    [Fact]
    public void AnUnknownCodeOfTheCall_BesideASuccess_IsNoFailedJob()
    {
        var done = Assert.IsType<JobOutcome.Running>(Polled("minimax", "MiniMax-Hailuo-2.3", "hailuo", """{"task_id":"j1","status":"Success","file_id":"205258526306433","base_resp":{"status_code":-1,"status_msg":"odd"}}"""));

        Assert.Equal("205258526306433", done.Job.State["file"]);
        Assert.IsType<JobOutcome.Unreadable>(Polled("kling", "kling-v2-6", "old-text-to-video", """{"code":-1,"message":"odd","data":{"task_id":"j1","task_status":"succeed"}}"""));
    }

    [Theory]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", """{"task_id":"j1","status":"Success","file_id":"1","base_resp":{"status_code":1027,"status_msg":"output"}}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", "hailuo", """{"task_id":"j1","status":"Fail","base_resp":{"status_code":-1,"status_msg":"odd"}}""", ErrorCode.ProviderError)]
    [InlineData("fal", "fal-ai/veo3.1", "video", """{"request_id":"j1","status":"COMPLETED","error":"odd","error_type":"odd_error"}""", ErrorCode.ProviderError)]
    public void AFailureOfTheJob_BesideItsWord_EndsIt(string provider, string model, string operation, string answer, ErrorCode code) =>
        Assert.Equal(code, Assert.IsType<JobOutcome.Failed>(Polled(provider, model, operation, answer)).Failure.Code);

    [Fact]
    public void AJobThatA200DoesNotKnow_IsMissing() =>
        Assert.IsType<JobOutcome.NotFound>(Polled("minimax", "MiniMax-Hailuo-2.3", "hailuo", """{"base_resp":{"status_code":2013,"status_msg":"invalid params, invalid task_id"}}"""));

    /// <summary>What is refused stays refused: one that the rules call worth another try is another code.</summary>
    [Theory]
    [InlineData("fal", "fal-ai/flux/dev", "shape", "result", """{"images":[{"url":"https://x.example/1.png"}],"has_nsfw_concepts":[true]}""")]
    [InlineData("minimax", "MiniMax-H3", "h3", null, """{"task":{"id":"j1","status":"expired","error":null}}""")]
    public void ACodeThatTheFileGives_IsNotRetriedByARuleForAnother(string provider, string model, string operation, string? step, string answer) =>
        Assert.False(Assert.IsType<JobOutcome.Failed>(Polled(provider, model, operation, answer, step)).Failure.Retryable);

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public void TheProvidersHeader_SaysWhetherToTryAgain(string told, bool expected)
    {
        var answer = Fixture.Answer("""{"detail":"Request timed out","error_type":"request_timeout"}""", 504, ("X-Fal-Retryable", told));

        var outcome = ShippedProviders.Of("fal").InTheEnd(answer, Job("fal-ai/veo3.1", "video", "result"));

        Assert.Equal(expected, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Retryable);
    }

    [Theory]
    [InlineData("replicate", "google/veo-3.1", "official", """{"id":"j1","status":"aborted"}""", Billed.No)]
    [InlineData("pika-dev", "pika-2.5", "text-to-video", """{"id":"j1","status":"failed","error":{"code":"model_error","message":"x"},"billing":{"state":"settled","charge_micro_usd":450000}}""", Billed.Yes)]
    public void AFailureThatTellsItsBill_IsBilledAsItSays(string provider, string model, string operation, string answer, Billed billed) =>
        Assert.Equal(billed, Assert.IsType<JobOutcome.Failed>(Polled(provider, model, operation, answer)).Failure.Billed);

    [Theory]
    [InlineData("google", "gemini-nano-banana-2.1", "image", """{"candidates":[{"content":{"parts":[]},"finishReason":"OTHER"}]}""", ErrorCode.ProviderError)]
    [InlineData("google", "gemini-nano-banana-2.1", "image", """{"promptFeedback":{"blockReason":"OTHER"}}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("byteplus", "seedream-4-5-251128", "image", """{"data":[{"error":{"code":"InternalServiceError","message":"m"}}],"usage":{"generated_images":0}}""", ErrorCode.ProviderError)]
    public void AnAnswerThatIsTheResult_SaysWhyThereIsNone(string provider, string model, string operation, string answer, ErrorCode code)
    {
        var adapter = ShippedProviders.Of(provider);

        Assert.Equal(code, Assert.IsType<JobOutcome.Failed>(adapter.ReadSubmit(Fixture.Answer(answer), adapter.FindModel(model)!, operation)).Failure.Code);
    }

    [Theory]
    [InlineData("pika-dev", 409, """{"error":{"message":"key reused","code":"idempotency_conflict"}}""", ErrorCode.InvalidRequest)]
    [InlineData("elevenlabs", 400, """{"detail":{"status":"bad_composition_plan","message":"m"}}""", ErrorCode.ContentPolicyViolation)]
    [InlineData("recraft", 400, """{"code":"invalid_request_parameter","message":"model recraftv9 is not supported"}""", ErrorCode.InvalidModel)]
    public void AnErrorOfTheSheetsTable_HasItsCode(string provider, int status, string answer, ErrorCode code) =>
        Assert.Equal(code, ShippedProviders.Of(provider).ReadError(Fixture.Answer(answer, status), NativeCall.Submit).Code);

    /// <summary>What the sheets forbid, and what cannot be said in the provider's units.</summary>
    [Theory]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","duration":4.5}""", "parameters.duration")]
    [InlineData("minimax", "MiniMax-H3", """{"prompt":"x","image":"PIXEL","reference_images":["PIXEL"]}""", "parameters.reference_images")]
    [InlineData("minimax", "MiniMax-Hailuo-02", """{"prompt":"x","resolution":"1080p","duration":10}""", "parameters.duration")]
    [InlineData("minimax", "image-01", """{"prompt":"x","width":1001,"height":1000}""", "parameters.width")]
    [InlineData("alibaba", "wan3.0-video", """{"prompt":"x","image":"PIXEL","reference_images":["PIXEL"]}""", "parameters.reference_images")]
    [InlineData("alibaba", "wan3.0-video", """{"prompt":"x","seed":4294967295}""", "parameters.seed")]
    [InlineData("byteplus", "seedance-1-0-pro-250528", """{"prompt":"a boat --dur 12 --rs 1080p"}""", "prompt")]
    [InlineData("byteplus", "seedance-1-0-pro-250528", """{"prompt":"x","native":{"frames":600}}""", "parameters.duration")]
    [InlineData("byteplus", "seedream-5-0-260128", """{"prompt":"x","output_format":"webp"}""", "parameters.output_format")]
    [InlineData("xai", "grok-imagine-video", """{"prompt":"x","reference_images":["PIXEL"],"duration":12}""", "parameters.duration")]
    [InlineData("xai", "grok-imagine-video-1.5", """{"prompt":"x","reference_images":["PIXEL"],"resolution":"1080p"}""", "parameters.resolution")]
    [InlineData("xai", "grok-imagine-video-1.5", "{}", "prompt")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","duration":10,"image":"PIXEL"}""", "parameters.duration")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","resolution":"540p","native":{"video":{"hdr":true}}}""", "parameters.resolution")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","last_image":"PIXEL","native":{"loop":true}}""", "parameters.last_image")]
    [InlineData("elevenlabs", "music_v2_5", """{"prompt":"x","native":{"music_length_ms":900000}}""", "parameters.elevenlabs.music_length_ms")]
    [InlineData("openai", "gpt-image-2.6-sunburst", """{"prompt":"x","width":3840,"height":640}""", "parameters.width")]
    [InlineData("openai", "gpt-image-2.6-sunburst", """{"prompt":"x","output_format":"svg","n":2}""", "parameters.n")]
    [InlineData("google", "gemini-2.5-flash-image", """{"prompt":"x","resolution":"1k"}""", "parameters.resolution")]
    public void WhatTheProviderForbids_IsRefusedHere(string provider, string model, string parameters, string field) =>
        Assert.Contains(field, Mapped(provider, model, parameters).Issues.Refusals.Select(r => r.Field));

    /// <summary>The price of what is sent, clips that go in, sound, quality and native fields included.</summary>
    [Theory]
    [InlineData("byteplus", "seedance-1-5-pro-251215", """{"prompt":"x","audio":false}""", "0.131587")]
    [InlineData("byteplus", "seedance-1-5-pro-251215", """{"prompt":"x"}""", "0.263174")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"prompt":"x","video":"https://a.example/v.mp4"}""", "1.87779")]
    [InlineData("byteplus", "dola-seedream-5-0-pro-260628", """{"prompt":"x","native":{"size":"4K"}}""", "0.09")]
    [InlineData("alibaba", "wan3.0-video", """{"prompt":"x","video":"https://a.example/v.mp4"}""", "3.5")]
    [InlineData("minimax", "MiniMax-H3", """{"prompt":"x","reference_images":["PIXEL","PIXEL"],"resolution":"2k","duration":10}""", "1.38")]
    [InlineData("xai", "grok-imagine-video", """{"prompt":"x","video":"https://a.example/v.mp4"}""", "0.611")]
    [InlineData("xai", "grok-imagine-image-2.0", """{"prompt":"x","native":{"quality":"low"}}""", "0.04")]
    [InlineData("xai", "grok-imagine-image-2.0", """{"prompt":"x","native":{"quality":"high"}}""", null)]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","native":{"video":{"hdr":true}}}""", "0.6")]
    [InlineData("elevenlabs", "music_v2_5", """{"prompt":"x","native":{"music_length_ms":600000}}""", "3")]
    [InlineData("recraft", "recraftv2_vector", """{"prompt":"x"}""", "0.044")]
    public void TheEstimate_IsThatOfWhatIsSent(string provider, string model, string parameters, string? cost)
    {
        var issues = Mapped(provider, model, parameters).Issues;

        Assert.Empty(issues.Refusals);
        Assert.Equal(cost is null ? null : decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), issues.EstimatedCost);
    }

    /// <summary>What is charged goes by the rate of what was ordered.</summary>
    [Theory]
    [InlineData("byteplus", "seedance-1-5-pro-251215", """{"prompt":"x","audio":false}""", """{"id":"j1","status":"succeeded","content":{"video_url":"https://x.example/v.mp4"},"usage":{"total_tokens":100000},"resolution":"720p"}""", "0.12")]
    [InlineData("byteplus", "seedance-1-5-pro-251215", """{"prompt":"x"}""", """{"id":"j1","status":"succeeded","content":{"video_url":"https://x.example/v.mp4"},"usage":{"total_tokens":100000},"resolution":"720p","service_tier":"flex"}""", "0.12")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"prompt":"x","video":"https://a.example/v.mp4"}""", """{"id":"j1","status":"succeeded","content":{"video_url":"https://x.example/v.mp4"},"usage":{"total_tokens":100000},"resolution":"720p"}""", "0.43")]
    [InlineData("alibaba", "wan3.0-video", """{"prompt":"x"}""", """{"output":{"task_id":"j1","task_status":"SUCCEEDED","video_url":"https://x.example/v.mp4"},"usage":{"duration":12,"SR":720}}""", "1.2")]
    public void TheCharge_IsThatOfWhatWasOrdered(string provider, string model, string parameters, string answer, string cost)
    {
        var operation = Mapped(provider, model, parameters).Native.Operation!;

        var succeeded = Assert.IsType<JobOutcome.Succeeded>(Polled(provider, model, operation, answer));

        Assert.Equal(decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), succeeded.Cost);
    }

    /// <summary>Models of the sheets' tables, and how they are asked.</summary>
    [Theory]
    [InlineData("alibaba", "wan2.7-i2v", """{"prompt":"x","image":"https://a.example/1.png"}""", """{"model":"wan2.7-i2v-2026-04-25","input":{"prompt":"x","img_url":"https://a.example/1.png"},"parameters":{"resolution":"720P","duration":5}}""")]
    [InlineData("alibaba", "wan2.7-videoedit", """{"prompt":"x","video":"https://a.example/1.mp4"}""", """{"model":"wan2.7-videoedit","input":{"prompt":"x","media":[{"type":"reference_video","url":"https://a.example/1.mp4"}]},"parameters":{"resolution":"720P","watermark":false}}""")]
    [InlineData("alibaba", "wan2.6-t2v", """{"prompt":"x","resolution":"1080p","aspect_ratio":"16:9","duration":15}""", """{"model":"wan2.6-t2v","input":{"prompt":"x"},"parameters":{"size":"1920*1080","duration":15}}""")]
    [InlineData("minimax", "image-01-live", """{"prompt":"x","width":1024,"height":768}""", """{"model":"image-01-live","prompt":"x","width":1024,"height":768,"response_format":"url"}""")]
    [InlineData("recraft", "recraftv4_pro", """{"prompt":"x","aspect_ratio":"10:14"}""", """{"prompt":"x","model":"recraftv4_pro","size":"10:14","response_format":"url"}""")]
    [InlineData("xai", "grok-imagine-image-2026-03-02", """{"prompt":"x","reference_images":["https://a.example/1.png"]}""", """{"model":"grok-imagine-image-2026-03-02","prompt":"x","response_format":"b64_json","images":[{"url":"https://a.example/1.png","type":"image_url"}]}""")]
    public void AModelOfTheSheet_IsAskedAsItSays(string provider, string model, string parameters, string body)
    {
        var (native, issues) = Mapped(provider, model, parameters);

        Assert.Empty(issues.Refusals);
        var sent = System.Text.Json.JsonElement.Parse(native.Body!.Bytes.Span);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(System.Text.Json.JsonElement.Parse(body), sent), $"{sent} where {body} is right.");
    }

    private static (NativeRequest Native, MappingIssues Issues) Mapped(string provider, string model, string parameters)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();
        return (adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues), issues);
    }

    private static JobOutcome Polled(string provider, string model, string operation, string answer, string? step = null) =>
        ShippedProviders.Of(provider).ReadPoll(Fixture.Answer(answer), Job(model, operation, step));

    private static JobHandle Job(string model, string operation, string? step)
    {
        var state = new Dictionary<string, string> { ["operation"] = operation, ["file"] = "1" };
        if (step is not null)
        {
            state["step"] = step;
        }

        return new JobHandle("j1", model) { State = state };
    }
}
