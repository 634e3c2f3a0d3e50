using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Rows of the fact sheets' tables about jobs that have failed: each code of the provider means what the sheet says, and may be sent again where it says so.</summary>
public sealed class SheetJobFailureTests
{
    public static TheoryData<string, string, ErrorCode, bool> Rows()
    {
        var rows = new TheoryData<string, string, ErrorCode, bool>();
        void Add(string provider, string answer, params (string Code, ErrorCode Expected, bool Again)[] codes)
        {
            foreach (var (code, expected, again) in codes)
            {
                rows.Add(provider, answer.Replace("CODE", code, StringComparison.Ordinal), expected, again);
            }
        }

        Add(
            "elevenlabs",
            """{"id":"j","status":"failed","failure_reason":"CODE","error_message":"x"}""",
            ("moderated", ErrorCode.ContentPolicyViolation, false), ("invalid_parameters", ErrorCode.InvalidRequest, false), ("timeout", ErrorCode.Timeout, true), ("charging_failed", ErrorCode.InsufficientCredits, false),
            ("model_error", ErrorCode.ProviderError, true), ("dependency_failed", ErrorCode.ProviderError, true), ("internal_error", ErrorCode.ProviderError, true));
        Add(
            "luma",
            """{"id":"j","state":"failed","failure_reason":"x","failure_code":"CODE"}""",
            ("content_moderated", ErrorCode.ContentPolicyViolation, false), ("generation_failed", ErrorCode.ProviderError, true), ("output_not_found", ErrorCode.ProviderError, true), ("budget_exhausted", ErrorCode.InsufficientCredits, false),
            ("image_too_large", ErrorCode.InvalidRequest, false), ("unsupported_format", ErrorCode.InvalidRequest, false), ("corrupt_input", ErrorCode.InvalidRequest, false), ("invalid_request", ErrorCode.InvalidRequest, false),
            ("rate_limited", ErrorCode.RateLimitExceeded, true), ("never_seen", ErrorCode.ProviderError, false));
        Add(
            "alibaba",
            """{"output":{"task_id":"j","task_status":"FAILED","code":"CODE","message":"x"}}""",
            ("InvalidParameter.Size", ErrorCode.InvalidRequest, false), ("InvalidURL", ErrorCode.InvalidRequest, false), ("DataInspectionFailed", ErrorCode.ContentPolicyViolation, false), ("IPInfringementSuspect", ErrorCode.ContentPolicyViolation, false),
            ("FaqRuleBlocked", ErrorCode.ContentPolicyViolation, false), ("Arrearage", ErrorCode.InsufficientCredits, false), ("AllocationQuota.FreeTierOnly", ErrorCode.InsufficientCredits, false),
            ("InvalidApiKey", ErrorCode.AuthenticationFailed, false), ("Model.AccessDenied", ErrorCode.InvalidModel, false), ("Throttling.RateQuota", ErrorCode.RateLimitExceeded, true), ("InternalError.Timeout", ErrorCode.Timeout, true));
        Add(
            "byteplus",
            """{"id":"j","status":"failed","error":{"code":"CODE","message":"x"}}""",
            ("InvalidParameter.Ratio", ErrorCode.InvalidRequest, false), ("InputImageSensitiveContentDetected.PrivacyInformation", ErrorCode.ContentPolicyViolation, false), ("OutputVideoSensitiveContentDetected.DeepFake", ErrorCode.ContentPolicyViolation, false),
            ("AccountOverdueError", ErrorCode.InsufficientCredits, false), ("SetLimitExceeded", ErrorCode.InsufficientCredits, false), ("AccessDenied", ErrorCode.AuthenticationFailed, false), ("ModelNotOpen", ErrorCode.InvalidModel, false));
        Add(
            "minimax",
            """{"task":{"id":"j","status":"failed","error":{"code":"CODE","message":"x"}}}""",
            ("1026", ErrorCode.ContentPolicyViolation, false), ("1027", ErrorCode.ContentPolicyViolation, false), ("1000", ErrorCode.ProviderError, true));
        Add(
            "pika-dev",
            """{"id":"j","status":"failed","error":{"code":"CODE","message":"x"}}""",
            ("insufficient_balance", ErrorCode.InsufficientCredits, false), ("cycle_limit_exceeded", ErrorCode.InsufficientCredits, false), ("provider_timeout", ErrorCode.Timeout, true), ("content_policy_violation", ErrorCode.ContentPolicyViolation, false),
            ("never_seen", ErrorCode.ProviderError, true));
        Add(
            "replicate",
            """{"id":"j","status":"failed","error":"CODE"}""",
            ("The input or output was flagged as sensitive. (E005)", ErrorCode.ContentPolicyViolation, false), ("NSFW content detected", ErrorCode.ContentPolicyViolation, false), ("high demand (E003)", ErrorCode.ProviderError, true),
            ("service is temporarily unavailable (E004)", ErrorCode.ProviderError, true), ("CUDA out of memory (E001)", ErrorCode.ProviderError, true), ("Director: unexpected error handling prediction", ErrorCode.ProviderError, true),
            ("ValueError: no such size", ErrorCode.InvalidRequest, false), ("(E006) invalid input", ErrorCode.InvalidRequest, false), ("something else", ErrorCode.ProviderError, false));
        Add(
            "xai",
            """{"status":"failed","error":{"code":"CODE","message":"x"}}""",
            ("invalid_argument", ErrorCode.InvalidRequest, false), ("permission_denied", ErrorCode.AuthenticationFailed, false), ("failed_precondition", ErrorCode.InvalidRequest, false),
            ("service_unavailable", ErrorCode.ProviderError, true), ("internal_error", ErrorCode.ProviderError, true));
        Add(
            "kling",
            """{"code":0,"data":[{"id":"j","status":"failed","message":"CODE"}]}""",
            ("Failure to pass the risk control system", ErrorCode.ContentPolicyViolation, false), ("The input is sensitive", ErrorCode.ContentPolicyViolation, false), ("something else", ErrorCode.ProviderError, true));
        Add(
            "fal",
            """{"status":"COMPLETED","request_id":"j","error":"x","error_type":"CODE"}""",
            ("content_policy_violation", ErrorCode.ContentPolicyViolation, false), ("generation_timeout", ErrorCode.Timeout, true), ("file_download_error", ErrorCode.InvalidRequest, false), ("bad_request", ErrorCode.InvalidRequest, false),
            ("runner_disconnected", ErrorCode.ProviderError, true), ("client_cancelled", ErrorCode.UnknownError, false));
        Add(
            "luma",
            """{"id":"j","state":"failed","failure_reason":"CODE","failure_code":"generation_failed"}""",
            ("Insufficient credits.", ErrorCode.InsufficientCredits, false));
        return rows;
    }

    /// <summary>An error about the question is no word about the job, which goes on and is paid for.</summary>
    [Theory]
    [InlineData("kling", """{"code":1302,"message":"too fast","request_id":"r"}""", ErrorCode.RateLimitExceeded)]
    [InlineData("kling", """{"code":5000,"message":"server error","data":null}""", ErrorCode.ProviderError)]
    [InlineData("kling", """{"code":1004,"message":"Authorization expired"}""", ErrorCode.AuthenticationFailed)]
    [InlineData("kling", """{"code":1101,"message":"Account in arrears"}""", ErrorCode.InsufficientCredits)]
    [InlineData("hailuo", """{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}""", ErrorCode.RateLimitExceeded)]
    [InlineData("hailuo", """{"task_id":"j","status":"","base_resp":{"status_code":1000,"status_msg":"unknown error"}}""", ErrorCode.ProviderError)]
    [InlineData("hailuo-file", """{"base_resp":{"status_code":1002,"status_msg":"rate limit"}}""", ErrorCode.RateLimitExceeded)]
    public void ReadPoll_AnErrorWithoutAWordOfTheJob_DecidesNothing(string provider, string answer, ErrorCode expected)
    {
        var (name, model, operation) = provider == "kling" ? ("kling", "kling-3.0", "text-to-video") : ("minimax", "MiniMax-Hailuo-02", "hailuo");
        var state = new Dictionary<string, string> { ["operation"] = operation };
        if (provider == "hailuo-file")
        {
            (state["step"], state["file"]) = ("result", "7");
        }

        var outcome = ShippedProviders.Of(name).ReadPoll(Fixture.Answer(answer, 200), new JobHandle("j", model) { State = state });

        Assert.Equal(expected, Assert.IsType<JobOutcome.Unreadable>(outcome).Failure.Code);
    }

    /// <summary>A 503 that names the runner is the job's; any other may come from the way. Even the runner's ends a paid job at its second word only, since fal's own client asks again.</summary>
    [Theory]
    [InlineData(503, """{"detail":"x","error_type":"runner_scheduling_failure"}""", ErrorCode.ProviderError)]
    [InlineData(503, """{"detail":"x","error_type":"runner_connection_timeout"}""", ErrorCode.ProviderError)]
    [InlineData(502, """{"detail":"x","error_type":"runner_connection_timeout"}""", ErrorCode.ProviderError)]
    [InlineData(503, """{"detail":"x","error_type":"downstream_service_unavailable"}""", ErrorCode.ProviderError)]
    [InlineData(502, """{"detail":"x","error_type":"downstream_service_error"}""", ErrorCode.ProviderError)]
    [InlineData(504, """{"detail":"x","error_type":"generation_timeout"}""", ErrorCode.Timeout)]
    [InlineData(503, """{"detail":"upstream connect error"}""", null)]
    [InlineData(503, "<html>503</html>", null)]
    public void ReadPoll_FalAnswers503ForAResult_OnlyARunnersSecondWordEndsTheJob(int status, string body, ErrorCode? code)
    {
        var fal = ShippedProviders.Of("fal");
        var state = new Dictionary<string, string> { ["operation"] = "shape", ["step"] = "result" };
        var job = new JobHandle("j", "fal-ai/flux/dev") { State = state };

        var first = fal.ReadPoll(Fixture.Answer(body, status), job);

        if (code is null)
        {
            Assert.IsType<JobOutcome.Unreadable>(first);
            return;
        }

        var doubted = Assert.IsType<JobOutcome.Running>(first).Job;
        Assert.IsType<JobOutcome.Unreadable>(fal.ReadPoll(Fixture.Answer("<html>503</html>", 503), doubted));
        Assert.IsType<JobOutcome.Succeeded>(fal.ReadPoll(Fixture.Answer("""{"images":[{"url":"https://x.example/1.png"}]}"""), doubted));
        var failure = Assert.IsType<JobOutcome.Failed>(fal.ReadPoll(Fixture.Answer(body, status), doubted)).Failure;
        Assert.Equal((code, Billed.No), (failure.Code, failure.Billed));
        Assert.True(failure.Code.IsRetryableByNature() || failure.Retryable);
    }

    /// <summary>A job that was cancelled is as free as its provider's file says, and no more.</summary>
    [Theory]
    [InlineData("byteplus", "seedance-1-5-pro-251215", "video", """{"id":"j","status":"cancelled"}""", Billed.No)]
    [InlineData("minimax", "MiniMax-H3", "h3", """{"task":{"id":"j","status":"cancelled"}}""", Billed.No)]
    [InlineData("replicate", "black-forest-labs/flux-1.1-pro", "official", """{"id":"j","status":"canceled"}""", Billed.Unknown)]
    [InlineData("google", "gemini-omni-1.2-flash", "omni", """{"id":"j","status":"cancelled"}""", Billed.Unknown)]
    [InlineData("fal", "fal-ai/flux/dev", "shape", """{"status":"COMPLETED","request_id":"j","error":"x","error_type":"client_cancelled"}""", Billed.Unknown)]
    public void ReadPoll_ACancelledJob_IsBilledAsTheFileSays(string provider, string model, string operation, string answer, Billed billed)
    {
        var outcome = ShippedProviders.Of(provider).ReadPoll(Fixture.Answer(answer), new JobHandle("j", model) { State = new Dictionary<string, string> { ["operation"] = operation } });

        Assert.Equal(billed, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Billed);
    }

    [Theory]
    [InlineData("""{"task_id":"j","status":"Fail","base_resp":{"status_code":1027,"status_msg":"sensitive"}}""")]
    [InlineData("""{"task_id":"j","base_resp":{"status_code":1027,"status_msg":"sensitive"}}""")]
    public void ReadPoll_ARefusalOfTheContent_IsTheEnd(string answer)
    {
        var state = new Dictionary<string, string> { ["operation"] = "hailuo" };

        var outcome = ShippedProviders.Of("minimax").ReadPoll(Fixture.Answer(answer, 200), new JobHandle("j", "MiniMax-Hailuo-02") { State = state });

        Assert.Equal(ErrorCode.ContentPolicyViolation, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Code);
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ReadPoll_AFailedJobOfTheSheet_HasItsCode(string provider, string answer, ErrorCode expected, bool again)
    {
        var job = provider switch
        {
            "alibaba" => ("wan2.6-t2i", "image"),
            "byteplus" => ("seedance-1-5-pro-251215", "video"),
            "elevenlabs" => ("eleven_v3", "flows"),
            "fal" => ("fal-ai/flux/dev", "shape"),
            "kling" => ("kling-3.0", "text-to-video"),
            "luma" => ("uni-1", "image"),
            "minimax" => ("MiniMax-H3", "h3"),
            "pika-dev" => ("pika-2.5", "text-to-video"),
            "replicate" => ("black-forest-labs/flux-1.1-pro", "official"),
            _ => ("grok-imagine-video", "video"),
        };

        var outcome = ShippedProviders.Of(provider).ReadPoll(
            Fixture.Answer(answer, 200), new JobHandle("j", job.Item1) { State = new Dictionary<string, string> { ["operation"] = job.Item2 } });

        var failure = Assert.IsType<JobOutcome.Failed>(outcome).Failure;
        Assert.Equal(expected, failure.Code);
        Assert.Equal(again, failure.Code.IsRetryableByNature() || failure.Retryable);
    }
}
