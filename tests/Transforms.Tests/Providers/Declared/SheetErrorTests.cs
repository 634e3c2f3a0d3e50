using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Rows of the fact sheets' error tables of which there is no sample: each means what the sheet says, and none that was not accepted is believed to be.</summary>
public sealed class SheetErrorTests
{
    public static TheoryData<string, int, string, ErrorCode> Rows()
    {
        var rows = new TheoryData<string, int, string, ErrorCode>
        {
            { "alibaba", 500, """{"code":"InternalError.Timeout","message":"x"}""", ErrorCode.Timeout },
            { "elevenlabs", 404, """{"detail":{"status":"model_not_found","message":"x"}}""", ErrorCode.InvalidModel },
            { "elevenlabs", 400, """{"detail":{"status":"model_can_not_do_text_to_speech","message":"x"}}""", ErrorCode.InvalidModel },
            { "fal", 429, """{"detail":"Too many requests"}""", ErrorCode.RateLimitExceeded },
            { "minimax", 400, """{"type":"error","error":{"type":"bad_request_error","message":"invalid params, model not exist (2013)"}}""", ErrorCode.InvalidModel },
            { "pika-dev", 404, """{"detail":"Not Found"}""", ErrorCode.InvalidModel },
            { "pika-dev", 500, """{"detail":"Internal Server Error"}""", ErrorCode.ProviderError },
            { "recraft", 503, "", ErrorCode.ProviderError },
            { "dream-machine", 400, """{"detail":"Unknown model: ray-9"}""", ErrorCode.InvalidModel },
        };
        foreach (var (status, type, code, expected) in ((int, string, string?, ErrorCode)[])
        [
            (400, "invalid_request_error", null, ErrorCode.InvalidRequest), (400, "invalid_request_error", "invalid_value", ErrorCode.InvalidRequest),
            (400, "invalid_request_error", "unknown_parameter", ErrorCode.InvalidRequest), (400, "invalid_request_error", "invalid_size", ErrorCode.InvalidRequest),
            (400, "image_generation_user_error", "moderation_blocked", ErrorCode.ContentPolicyViolation), (400, "invalid_request_error", "content_policy_violation", ErrorCode.ContentPolicyViolation),
            (400, "billing_limit_user_error", "billing_hard_limit_reached", ErrorCode.InsufficientCredits), (429, "insufficient_quota", "insufficient_quota", ErrorCode.InsufficientCredits),
            (429, "insufficient_quota", "credit_balance_exhausted", ErrorCode.InsufficientCredits), (401, "invalid_request_error", "invalid_api_key", ErrorCode.AuthenticationFailed),
            (403, "invalid_request_error", null, ErrorCode.AuthenticationFailed), (404, "invalid_request_error", "model_not_found", ErrorCode.InvalidModel),
            (429, "requests", "rate_limit_exceeded", ErrorCode.RateLimitExceeded), (408, "x", null, ErrorCode.Timeout), (504, "x", null, ErrorCode.Timeout),
            (500, "server_error", null, ErrorCode.ProviderError), (502, "server_error", null, ErrorCode.ProviderError), (503, "image_generation_server_error", null, ErrorCode.ProviderError),
        ])
        {
            var named = code is null ? "null" : $"\"{code}\"";
            rows.Add("openai", status, $$"""{"error":{"message":"x","type":"{{type}}","param":null,"code":{{named}} } }""", expected);
        }

        // The same words are an empty account at one provider, and a pace at another.
        const string Quota = "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to the documentation.";
        rows.Add("openai", 429, $$"""{"error":{"message":"{{Quota}}","type":null,"param":null,"code":null} }""", ErrorCode.InsufficientCredits);
        rows.Add("openai", 400, """{"error":{"message":"x","type":"billing_limit_user_error","param":null,"code":null}}""", ErrorCode.InsufficientCredits);
        rows.Add("google", 429, $$"""{"error":{"code":429,"message":"{{Quota}}","status":"RESOURCE_EXHAUSTED"} }""", ErrorCode.RateLimitExceeded);
        rows.Add("google", 429, """{"error":{"code":429,"message":"Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: x","status":"RESOURCE_EXHAUSTED"}}""", ErrorCode.InsufficientCredits);
        rows.Add("google", 429, """{"error":{"code":429,"message":"Your prepayment credits are depleted.","status":"RESOURCE_EXHAUSTED"}}""", ErrorCode.InsufficientCredits);
        rows.Add("google", 403, """{"error":{"code":403,"message":"This API method requires billing to be enabled.","status":"PERMISSION_DENIED"}}""", ErrorCode.InsufficientCredits);
        rows.Add("google", 403, """{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED","details":[{"reason":"BILLING_DISABLED"}]}}""", ErrorCode.InsufficientCredits);
        rows.Add("google", 403, """{"error":{"code":403,"message":"The caller has no permission.","status":"PERMISSION_DENIED"}}""", ErrorCode.AuthenticationFailed);

        // Every one of Kling's codes, whatever status it comes with: 429 has six meanings.
        foreach (var (status, code, expected) in ((int, int, ErrorCode)[])
        [
            (401, 1000, ErrorCode.AuthenticationFailed), (401, 1003, ErrorCode.AuthenticationFailed), (401, 1004, ErrorCode.AuthenticationFailed), (429, 1100, ErrorCode.AuthenticationFailed),
            (429, 1101, ErrorCode.InsufficientCredits), (429, 1102, ErrorCode.InsufficientCredits), (403, 1103, ErrorCode.AuthenticationFailed), (400, 1200, ErrorCode.InvalidRequest),
            (400, 1201, ErrorCode.InvalidRequest), (404, 1202, ErrorCode.InvalidRequest), (404, 1203, ErrorCode.InvalidModel), (400, 1300, ErrorCode.ContentPolicyViolation),
            (400, 1301, ErrorCode.ContentPolicyViolation), (429, 1302, ErrorCode.RateLimitExceeded), (429, 1303, ErrorCode.RateLimitExceeded), (429, 1304, ErrorCode.AuthenticationFailed),
            (500, 5000, ErrorCode.ProviderError), (503, 5001, ErrorCode.ProviderError), (504, 5002, ErrorCode.Timeout),
        ])
        {
            rows.Add("kling", status, $$"""{"code":{{code}},"message":"x","request_id":"r"}""", expected);
        }

        return rows;
    }

    /// <summary>What is refused for lack of room has not begun. Of an error inside the provider nobody knows that, whatever it bills by its price list: it is not sent again.</summary>
    [Theory]
    [InlineData("google", 500, """{"error":{"code":500,"message":"An internal error has occurred.","status":"INTERNAL"}}""", Acceptance.Unknown)]
    [InlineData("google", 503, """{"error":{"code":503,"message":"The model is overloaded.","status":"UNAVAILABLE"}}""", Acceptance.No)]
    [InlineData("google", 500, "<html>Error 500</html>", Acceptance.Unknown)]
    [InlineData("google", 504, """{"error":{"code":504,"message":"x","status":"DEADLINE_EXCEEDED"}}""", Acceptance.Unknown)]
    [InlineData("kling", 500, """{"code":5000,"message":"server error"}""", Acceptance.Unknown)]
    [InlineData("kling", 503, """{"code":5001,"message":"busy"}""", Acceptance.No)]
    [InlineData("kling", 200, """{"code":5001,"message":"busy"}""", Acceptance.Unknown)]
    [InlineData("kling", 500, "{}", Acceptance.Unknown)]
    public void ReadError_TroubleOfTheProvider_IsSentAgainOnlyForLackOfRoom(string provider, int status, string body, Acceptance acceptance)
    {
        var failure = ShippedProviders.Of(provider).ReadError(Fixture.Answer(body, status), NativeCall.Submit);

        Assert.Equal((acceptance, acceptance == Acceptance.No ? Billed.No : Billed.Unknown), (failure.Acceptance, failure.Billed));
        Assert.True(acceptance != Acceptance.No || failure is { Code: ErrorCode.ProviderError, Retryable: true });
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ReadError_RowOfTheSheet_HasItsCode(string provider, int status, string body, ErrorCode expected)
    {
        var failure = ShippedProviders.Of(provider).ReadError(Fixture.Answer(body, status), NativeCall.Submit);

        Assert.Equal(expected, failure.Code);
        Assert.True(expected is ErrorCode.Timeout or ErrorCode.ProviderError || failure.Acceptance == Acceptance.No, $"{failure.Acceptance}");
    }
}
