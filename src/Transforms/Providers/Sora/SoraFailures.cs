using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>What goes wrong at Sora, in unified codes: the provider's <c>code</c> decides, then its <c>type</c>, then the HTTP status.</summary>
internal static class SoraFailures
{
    private const string Name = "Sora";

    /// <summary>A video that Framegate started and the provider no longer knows.</summary>
    public static ProviderFailure VideoNotFound { get; } = new(ErrorCode.UnknownError, "Sora does not know the video.")
    {
        Acceptance = Acceptance.Yes,
    };

    public static ProviderFailure Read(NativeResponse response, NativeCall operation)
    {
        var error = response.TryRead(SoraJson.Default.SoraErrorAnswer)?.Error ?? default;
        var (native, type) = (error.Member("code").Text(), error.Member("type").Text());
        var code = Retired(response.Status, operation) ?? ByCode(native) ?? ByDetails(error) ?? ByType(type) ?? ByStatus(response.Status, operation);

        // An answer about the key may quote it.
        var message = code == ErrorCode.AuthenticationFailed
            ? $"Sora refused the key ({response.Status})."
            : ProviderText.Answered(Name, response.Status, error.Member("message").Text() ?? error.Text());
        return SubmitVerdict.Of(
            new ProviderFailure(code, message)
            {
                Retryable = code == ErrorCode.ProviderError && response.Header("x-should-retry") != "false",
                RetryAfter = response.RetryAfter,
                NativeCode = ProviderText.Code(native ?? type),
            },
            response.Status,
            operation);
    }

    /// <summary>A job that ended without a video. Whether it was charged is not documented.</summary>
    public static ProviderFailure OfJob(SoraVideo video)
    {
        var native = video.Error.Member("code").Text();
        var moderated = (ByCode(native) ?? ByDetails(video.Error)) == ErrorCode.ContentPolicyViolation;
        var reason = ProviderText.Clean(video.Error.Member("message").Text() ?? video.Error.Text());
        return new ProviderFailure(
            moderated ? ErrorCode.ContentPolicyViolation : ErrorCode.ProviderError,
            reason is null ? "Sora could not make the video." : ProviderText.Clean($"Sora: {reason}")!)
        {
            Acceptance = Acceptance.Yes,
            NativeCode = ProviderText.Code(native ?? video.Status.Text()),
            Retryable = !moderated,
        };
    }

    // OpenAI has shut the API down; whatever it answers now, neither another try nor another key brings it back.
    private static ErrorCode? Retired(int status, NativeCall operation) =>
        operation == NativeCall.Submit && status is 404 or 410 ? ErrorCode.InvalidModel : null;

    private static ErrorCode? ByCode(string? code) => code switch
    {
        "moderation_blocked" or "content_policy_violation" or "sentinel_block" => ErrorCode.ContentPolicyViolation,
        "invalid_api_key" or "unsupported_country_region_territory" => ErrorCode.AuthenticationFailed,
        "model_not_found" => ErrorCode.InvalidModel,
        "rate_limit_exceeded" => ErrorCode.RateLimitExceeded,
        "insufficient_quota" or "billing_hard_limit_reached" or "credit_balance_exhausted" => ErrorCode.InsufficientCredits,
        _ => null,
    };

    // Only a refusal says what it objected to, and at which stage.
    private static ErrorCode? ByDetails(JsonElement error) =>
        error.Member("moderation_details").ValueKind == JsonValueKind.Object ? ErrorCode.ContentPolicyViolation : null;

    private static ErrorCode? ByType(string? type) => type switch
    {
        "insufficient_quota" or "billing_limit_user_error" => ErrorCode.InsufficientCredits,
        "request_forbidden" => ErrorCode.AuthenticationFailed,
        "requests" or "tokens" or "rate_limit_error" => ErrorCode.RateLimitExceeded,
        _ => null,
    };

    private static ErrorCode ByStatus(int status, NativeCall operation) => status switch
    {
        401 or 403 => ErrorCode.AuthenticationFailed,
        402 => ErrorCode.InsufficientCredits,

        // The link is good for an hour, and then gone.
        404 or 410 when operation == NativeCall.Download => ErrorCode.ProviderError,
        404 or 410 => ErrorCode.UnknownError,
        408 or 504 => ErrorCode.Timeout,
        409 => ErrorCode.ProviderError,
        429 => ErrorCode.RateLimitExceeded,
        >= 400 and <= 499 => ErrorCode.InvalidRequest,
        >= 500 => ErrorCode.ProviderError,
        _ => ErrorCode.UnknownError,
    };
}
