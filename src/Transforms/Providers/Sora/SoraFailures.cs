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
        var answer = response.TryRead(SoraJson.Default.SoraErrorAnswer);
        var error = answer?.Error ?? default;
        var text = error.Member("message").Text() ?? error.Text() ?? answer?.Message.Text() ?? answer?.Detail.Text();
        var (native, type) = (error.Member("code").Text(), error.Member("type").Text());
        var code = Retired(response.Status, operation) ?? ByCode(native) ?? ByDetails(error) ?? ByType(type)
            ?? Money(text) ?? FailureWords.CodeIn(text, response.Status) ?? StatusCodes.CodeOf(response.Status, operation);

        // An answer about the key may quote it.
        var message = code == ErrorCode.AuthenticationFailed && !response.IsSuccess
            ? $"Sora refused the key ({response.Status})."
            : ProviderText.Answered(Name, response.Status, text);
        return SubmitVerdict.Of(
            new ProviderFailure(code, message)
            {
                Retryable = code == ErrorCode.ProviderError && response.Header("x-should-retry") != "false",
                RetryAfter = response.RetryAfter,
                NativeCode = ProviderText.Code(native ?? type),
                NativeField = ProviderText.Field(error.Member("param").Text()),
            },
            response.Status,
            operation);
    }

    /// <summary>A job that ended without a video. Whether it was charged is not documented.</summary>
    public static ProviderFailure OfJob(SoraVideo video)
    {
        var native = video.Error.Member("code").Text();
        var text = video.Error.Member("message").Text() ?? video.Error.Text();
        var named = ByCode(native) ?? ByDetails(video.Error) ?? ByType(video.Error.Member("type").Text()) ?? Money(text) ?? FailureWords.CodeIn(text);
        var reason = ProviderText.Clean(text);
        return new ProviderFailure(
            named ?? ErrorCode.ProviderError,
            reason is null ? "Sora could not make the video." : ProviderText.Clean($"Sora: {reason}")!)
        {
            Acceptance = Acceptance.Yes,
            NativeCode = ProviderText.Code(native ?? video.Status.Text()),
            Retryable = named is null,
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

    // Only a refusal names what it objected to, and at which stage.
    private static ErrorCode? ByDetails(JsonElement error) =>
        error.Member("moderation_details").ValueKind == JsonValueKind.Object ? ErrorCode.ContentPolicyViolation : null;

    // Elsewhere a quota is a rate; OpenAI uses these words for an account that has nothing left to spend.
    private static ErrorCode? Money(string? text) =>
        text?.Contains("exceeded your current quota", StringComparison.OrdinalIgnoreCase) == true ? ErrorCode.InsufficientCredits : null;

    private static ErrorCode? ByType(string? type) => type switch
    {
        "insufficient_quota" or "billing_limit_user_error" => ErrorCode.InsufficientCredits,
        "request_forbidden" => ErrorCode.AuthenticationFailed,
        "requests" or "tokens" or "rate_limit_error" => ErrorCode.RateLimitExceeded,
        _ => null,
    };
}
