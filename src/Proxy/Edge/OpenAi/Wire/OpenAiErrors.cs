using System.Text.RegularExpressions;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Framegate's errors in OpenAI's words. Its SDKs choose their exception by the HTTP status alone.</summary>
internal static partial class OpenAiErrors
{
    public const string InvalidValue = "invalid_value";
    public const string InvalidType = "invalid_type";
    public const string UnknownParameter = "unknown_parameter";
    public const string Missing = "missing_required_parameter";
    private const string InvalidRequest = "invalid_request_error";
    private const string ServerError = "server_error";

    /// <summary>A request that is wrong.</summary>
    public static OpenAiError Invalid(string? param, string message, string code = InvalidValue, IReadOnlyList<string>? allowed = null)
    {
        var values = allowed is { Count: > 0 } ? $" Supported values are: {string.Join(", ", allowed)}." : "";
        return new OpenAiError(param is null ? message + values : $"{param}: {message}{values}", InvalidRequest, param, code);
    }

    /// <summary>The video is not there, or not this client's.</summary>
    public static OpenAiError NoVideo(string id) => new($"Video with id '{OpenAiFields.Shown(id)}' not found.", InvalidRequest, "video_id", "video_not_found");

    /// <summary>A unified error.</summary>
    /// <param name="error">The error.</param>
    /// <param name="status">The HTTP status it would have on <c>/generations</c>.</param>
    /// <param name="call">The call, for the names of its parameters.</param>
    public static (OpenAiError Error, int Status) Of(GenerationError error, int status, DialectCall call) => error.Code switch
    {
        ErrorCode.InvalidRequest when error.Details?.Fields is [var field, ..] => (
            Of(field, call), status is (>= 400 and < 500) or 501 ? status : StatusCodes.Status400BadRequest),
        ErrorCode.InvalidRequest => (
            new OpenAiError(error.Message, InvalidRequest, error.Details?.NativeField is { } native ? call.ParamOfNative(native) : null, InvalidValue),
            status is (>= 400 and < 500) or 501 ? status : StatusCodes.Status400BadRequest),
        ErrorCode.InvalidModel => (
            error.Details?.Fields is [{ Message: var message, Allowed: var allowed }, ..]
                ? Invalid("model", message, "model_not_found", allowed)
                : Invalid("model", error.Message, "model_not_found"),
            StatusCodes.Status404NotFound),
        ErrorCode.AuthenticationFailed when status is 401 or 403 => (
            new OpenAiError(error.Message, InvalidRequest, null, status == 401 ? "invalid_api_key" : "request_forbidden"), status),
        ErrorCode.InsufficientCredits => (
            new OpenAiError(error.Message, "insufficient_quota", null, "insufficient_quota"), StatusCodes.Status429TooManyRequests),
        ErrorCode.ContentPolicyViolation => (
            new OpenAiError(error.Message, "image_generation_user_error", null, "moderation_blocked"), StatusCodes.Status400BadRequest),
        ErrorCode.RateLimitExceeded => (
            new OpenAiError(error.Message, "requests", null, "rate_limit_exceeded"), StatusCodes.Status429TooManyRequests),
        _ => (new OpenAiError(error.Message, ServerError, null, CodeOf(error)), status >= 500 ? status : StatusCodes.Status500InternalServerError),
    };

    /// <summary>Why a video job failed, as the job reports it.</summary>
    public static VideoJobError OfJob(GenerationError error) => new(
        error.Code switch
        {
            ErrorCode.ContentPolicyViolation => "moderation_blocked",
            ErrorCode.InsufficientCredits => "insufficient_quota",
            ErrorCode.RateLimitExceeded => "rate_limit_exceeded",
            ErrorCode.InvalidRequest => InvalidValue,
            ErrorCode.InvalidModel => "model_not_found",
            _ => CodeOf(error) ?? ServerError,
        },
        error.Message);

    /// <summary>A field that is wrong.</summary>
    public static OpenAiError Of(FieldError field, DialectCall call)
    {
        var param = call.ParamOf(field.Field);
        var allowed = field.Allowed is { } values && param == "size" ? [.. values.Select(v => PixelSize().Replace(v, "$1x$2"))] : field.Allowed;
        return Invalid(param, field.Message, field.Message == "It is required." ? Missing : InvalidValue, allowed);
    }

    private static string? CodeOf(GenerationError error) => error.Code switch
    {
        ErrorCode.Timeout => "timeout",
        ErrorCode.NetworkError => "upstream_unreachable",
        ErrorCode.AuthenticationFailed => "upstream_authentication_failed",
        ErrorCode.UnknownError when error.Details?.Reason is { } reason => reason,
        _ => null,
    };

    // A provider writes sizes as 1280:720; a shape, as in 16:9, stays one.
    [GeneratedRegex(@"^(\d{3,5}):(\d{3,5})$", RegexOptions.CultureInvariant)]
    private static partial Regex PixelSize();
}
