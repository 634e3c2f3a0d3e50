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

    /// <summary>A 503 that names the runner is the job's; any other may come from the way.</summary>
    [Theory]
    [InlineData("""{"detail":"x","error_type":"runner_scheduling_failure"}""", true)]
    [InlineData("""{"detail":"x","error_type":"downstream_service_unavailable"}""", true)]
    [InlineData("""{"detail":"upstream connect error"}""", false)]
    [InlineData("<html>503</html>", false)]
    public void ReadPoll_FalAnswers503ForAResult_OnlyARunnersEndsTheJob(string body, bool ends)
    {
        var state = new Dictionary<string, string> { ["operation"] = "shape", ["step"] = "result" };

        var outcome = ShippedProviders.Of("fal").ReadPoll(Fixture.Answer(body, 503), new JobHandle("j", "fal-ai/flux/dev") { State = state });

        Assert.Equal(ends, outcome is JobOutcome.Failed { Failure: { Code: ErrorCode.ProviderError, Billed: Billed.No } });
        Assert.Equal(!ends, outcome is JobOutcome.Unreadable);
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
