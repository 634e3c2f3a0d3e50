using System.Collections.Frozen;
using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>What goes wrong at fal.ai, in unified codes: the error's type decides, then the HTTP status (fal.ai/docs, errors and request
/// errors). A 5xx is never charged; a 422 may be.</summary>
internal static class PikaFailures
{
    private const string Name = "Pika";

    // Not the runner's fault, or one that another run of the queue has not mended.
    private static readonly FrozenSet<string> s_final = FrozenSet.ToFrozenSet(["internal_error", "runner_server_error"]);

    private static readonly FrozenDictionary<string, ErrorCode> s_types = new Dictionary<string, ErrorCode>
    {
        ["content_policy_violation"] = ErrorCode.ContentPolicyViolation,
        ["generation_timeout"] = ErrorCode.Timeout,
        ["request_timeout"] = ErrorCode.Timeout,
        ["startup_timeout"] = ErrorCode.Timeout,
        ["internal_server_error"] = ErrorCode.ProviderError,
        ["internal_error"] = ErrorCode.ProviderError,
        ["server_error"] = ErrorCode.ProviderError,
        ["runner_server_error"] = ErrorCode.ProviderError,
        ["runner_scheduling_failure"] = ErrorCode.ProviderError,
        ["runner_connection_timeout"] = ErrorCode.ProviderError,
        ["runner_connection_refused"] = ErrorCode.ProviderError,
        ["runner_connection_error"] = ErrorCode.ProviderError,
        ["runner_disconnected"] = ErrorCode.ProviderError,
        ["downstream_service_error"] = ErrorCode.ProviderError,
        ["downstream_service_unavailable"] = ErrorCode.ProviderError,
        ["no_media_generated"] = ErrorCode.ProviderError,
        ["client_disconnected"] = ErrorCode.UnknownError,
        ["client_cancelled"] = ErrorCode.UnknownError,
        ["authorization_error"] = ErrorCode.AuthenticationFailed,
        ["rate_limited"] = ErrorCode.RateLimitExceeded,
        ["bad_request"] = ErrorCode.InvalidRequest,
        ["validation_error"] = ErrorCode.InvalidRequest,
        ["image_too_large"] = ErrorCode.InvalidRequest,
        ["image_too_small"] = ErrorCode.InvalidRequest,
        ["image_load_error"] = ErrorCode.InvalidRequest,
        ["file_too_large"] = ErrorCode.InvalidRequest,
        ["file_download_error"] = ErrorCode.InvalidRequest,
        ["face_detection_error"] = ErrorCode.InvalidRequest,
        ["unsupported_image_format"] = ErrorCode.InvalidRequest,
        ["unsupported_video_format"] = ErrorCode.InvalidRequest,
        ["unsupported_audio_format"] = ErrorCode.InvalidRequest,
        ["sequence_too_long"] = ErrorCode.InvalidRequest,
        ["sequence_too_short"] = ErrorCode.InvalidRequest,
        ["greater_than"] = ErrorCode.InvalidRequest,
        ["greater_than_equal"] = ErrorCode.InvalidRequest,
        ["less_than"] = ErrorCode.InvalidRequest,
        ["less_than_equal"] = ErrorCode.InvalidRequest,
        ["multiple_of"] = ErrorCode.InvalidRequest,
        ["one_of"] = ErrorCode.InvalidRequest,
        ["value_error"] = ErrorCode.InvalidRequest,
        ["missing"] = ErrorCode.InvalidRequest,
        ["feature_not_supported"] = ErrorCode.InvalidRequest,
    }.ToFrozenDictionary();

    private static readonly string[] s_unsafe = ["unsafe", "policy", "safety", "nsfw", "flagged", "moderat", "sensitive"];

    /// <summary>A request that Framegate made and fal no longer knows.</summary>
    public static ProviderFailure RequestNotFound { get; } = new(ErrorCode.UnknownError, "Pika does not know the request.")
    {
        Acceptance = Acceptance.Yes,
    };

    /// <summary>Whether a type states what became of a job, without the HTTP status that belongs to it.</summary>
    public static bool IsKnown(string? type) => type is not null && s_types.ContainsKey(type);

    /// <summary>An answer about the call: a refused submit, a poll that did not get through.</summary>
    public static ProviderFailure Read(NativeResponse response, NativeCall operation)
    {
        var error = PikaError.Of(response);
        var code = CodeOf(error, response.Status, operation);

        // An answer about the key may quote it.
        var message = code == ErrorCode.AuthenticationFailed && !response.IsSuccess
            ? $"Pika refused the key ({response.Status})."
            : ProviderText.Answered(Name, response.Status, error.Text);
        return SubmitVerdict.Of(
            new ProviderFailure(code, message)
            {
                Retryable = code == ErrorCode.ProviderError && IsRetryable(error.Type, response),
                RetryAfter = response.RetryAfter,
                NativeCode = ProviderText.Code(error.Type),
            },
            response.Status,
            operation);
    }

    /// <summary>The answer of the result's URL when the job has failed.</summary>
    public static ProviderFailure OfJob(NativeResponse response)
    {
        var error = PikaError.Of(response);
        return OfJob(error, response.Status, CodeOf(error, response.Status, NativeCall.Poll)) with
        {
            Retryable = CodeOf(error, response.Status, NativeCall.Poll) == ErrorCode.ProviderError && IsRetryable(error.Type, response),
        };
    }

    /// <summary>A finished job that names its error in its status already.</summary>
    public static ProviderFailure OfJob(PikaError error)
    {
        var code = CodeOf(error, 0, NativeCall.Poll);
        return OfJob(error, 0, code) with { Retryable = code == ErrorCode.ProviderError && !s_final.Contains(error.Type ?? "") };
    }

    private static ProviderFailure OfJob(PikaError error, int status, ErrorCode code)
    {
        var reason = ProviderText.Clean(error.Text);
        return new ProviderFailure(code, reason is null ? "Pika could not make the clip." : ProviderText.Clean($"Pika: {reason}")!)
        {
            Acceptance = Acceptance.Yes,
            Billed = IsFree(error.Type, status, code) ? Billed.No : Billed.Unknown,
            NativeCode = ProviderText.Code(error.Type ?? (status == 0 ? null : status.ToString(CultureInfo.InvariantCulture))),
        };
    }

    private static bool IsFree(string? type, int status, ErrorCode code) =>
        status >= 500 || type == "bad_request"
        || (status == 0 && code is ErrorCode.Timeout or ErrorCode.ProviderError && type != "no_media_generated");

    private static ErrorCode CodeOf(PikaError error, int status, NativeCall operation) => FailureWords.CodeIn(error.Text, status) ?? error.Type switch
    {
        "no_media_generated" when IsUnsafe(error.Text) => ErrorCode.ContentPolicyViolation,
        { } type when s_types.TryGetValue(type, out var code) => code,

        // The runner's 499 is a cancelled job; one about a submit leaves the outcome unknown.
        _ => status == 499 && operation != NativeCall.Submit ? ErrorCode.UnknownError : StatusCodes.CodeOf(status, operation),
    };

    private static bool IsUnsafe(string? text) => text is not null && s_unsafe.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsRetryable(string? type, NativeResponse response) =>
        (response.Header("X-Fal-Retryable") ?? response.Header("X-Fal-Needs-Retry"))?.Trim().ToLowerInvariant() switch
        {
            "true" or "1" => true,
            "false" or "0" => false,
            _ => type is null || !s_final.Contains(type),
        };
}
