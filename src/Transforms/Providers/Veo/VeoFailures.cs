using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>What goes wrong at Veo, in unified codes. Tested in this order: the words of the content filter, the reason in the details, the
/// status, the number. Google charges for delivered clips only.</summary>
internal static class VeoFailures
{
    private const string Name = "Veo";

    /// <summary>An operation that Framegate started and Google no longer knows.</summary>
    public static ProviderFailure OperationNotFound { get; } = new(ErrorCode.UnknownError, "Veo does not know the operation.")
    {
        Acceptance = Acceptance.Yes,
        NativeCode = "NOT_FOUND",
    };

    /// <summary>A finished operation without a clip and without a reason.</summary>
    public static ProviderFailure NothingMade { get; } = new(ErrorCode.ProviderError, "Veo finished without a clip and gave no reason.")
    {
        Acceptance = Acceptance.Yes,
        Billed = Billed.No,
        Retryable = true,
    };

    public static ProviderFailure Read(NativeResponse response, NativeCall operation)
    {
        var error = VeoError.Of(response);
        if (VeoSafety.IsRefusal(error.Message) && operation != NativeCall.Download)
        {
            return SubmitVerdict.Of(Filtered(error.Message) with { Billed = Billed.No }, response.Status, operation);
        }

        var code = ByReason(error, operation) ?? FailureWords.CodeIn(error.Message, response.Status) ?? ByHttp(error, response.Status, operation);

        // An answer about the key may quote it.
        var message = code == ErrorCode.AuthenticationFailed && !response.IsSuccess
            ? $"Veo refused the credentials ({response.Status}{(ProviderText.Code(error.Reason ?? error.Status) is { } word ? ", " + word : "")})."
            : ProviderText.Answered(Name, response.Status, error.Message);
        return SubmitVerdict.Of(
            new ProviderFailure(code, message)
            {
                Retryable = code == ErrorCode.ProviderError,
                RetryAfter = error.RetryAfter ?? response.RetryAfter,
                NativeCode = ProviderText.Code(error.Quota ?? error.Reason ?? error.Status),
            },
            response.Status,
            operation);
    }

    /// <summary>An operation that ended with an error. Its <c>code</c> is a gRPC number; numbers like those of HTTP have been seen.</summary>
    public static ProviderFailure OfOperation(JsonElement json)
    {
        var error = VeoError.Of(json);
        if (VeoSafety.IsRefusal(error.Message))
        {
            return Filtered(error.Message);
        }

        var name = error.Number is { } number ? GrpcName(number) : error.Status;
        var code = ByReason(error, NativeCall.Poll) ?? FailureWords.CodeIn(error.Message) ?? (error.Quota is not null ? ErrorCode.RateLimitExceeded : error.Number is >= 100 and < 600 and var http ? ByOperationHttp((int)http) : ByGrpc(name));
        var reason = ProviderText.Clean(error.Message);
        return new ProviderFailure(code, reason is null ? "Veo could not make the clip." : ProviderText.Clean($"Veo: {reason}")!)
        {
            Acceptance = Acceptance.Yes,
            Billed = name is "CANCELLED" or "DEADLINE_EXCEEDED" || error.Number is 499 or 504 ? Billed.Unknown : Billed.No,
            Retryable = code == ErrorCode.ProviderError,
            RetryAfter = error.RetryAfter,
            NativeCode = ProviderText.Code(error.Reason ?? name ?? error.Number?.ToString(CultureInfo.InvariantCulture)),
        };
    }

    /// <summary>What the content filter took away.</summary>
    public static ProviderFailure Filtered(string? text)
    {
        var code = VeoSafety.CodeIn(text);
        var category = VeoSafety.CategoryOf(code) is { } known ? $" ({known})" : "";
        var reason = ProviderText.Clean(text);
        return new ProviderFailure(
            ErrorCode.ContentPolicyViolation,
            reason is null ? $"Veo's content filter refused it{category}." : ProviderText.Clean($"Veo's content filter refused it{category}: {reason}")!)
        {
            Acceptance = Acceptance.Yes,
            Billed = Billed.No,
            NativeCode = code ?? "RAI_FILTERED",
        };
    }

    private static ErrorCode? ByReason(VeoError error, NativeCall operation) => error.Reason switch
    {
        "API_KEY_INVALID" => ErrorCode.AuthenticationFailed,
        "BILLING_DISABLED" => ErrorCode.InsufficientCredits,
        _ when error.Holds("API key not valid") || error.Holds("API key expired") => ErrorCode.AuthenticationFailed,
        "RATE_LIMIT_EXCEEDED" => ErrorCode.RateLimitExceeded,
        _ when FailureWords.LackMoney(error.Message) => ErrorCode.InsufficientCredits,
        "SERVICE_DISABLED" or "IAM_PERMISSION_DENIED" when operation != NativeCall.Download => ErrorCode.AuthenticationFailed,
        _ => null,
    };

    private static ErrorCode ByHttp(VeoError error, int status, NativeCall operation) => status switch
    {
        // No billing account, or a country the API does not serve: neither another request nor another model helps.
        400 when error.Status == "FAILED_PRECONDITION" => error.Holds("billing") ? ErrorCode.InsufficientCredits : ErrorCode.AuthenticationFailed,
        401 or 403 => ErrorCode.AuthenticationFailed, // also of a file, which is fetched with the same credentials
        _ => StatusCodes.CodeOf(status, operation),
    };

    private static ErrorCode ByOperationHttp(int status) => status switch
    {
        401 or 403 => ErrorCode.AuthenticationFailed,
        402 => ErrorCode.InsufficientCredits,
        408 or 504 => ErrorCode.Timeout,
        409 or 429 or 499 or >= 500 => ErrorCode.ProviderError,
        >= 400 => ErrorCode.InvalidRequest,
        _ => ErrorCode.UnknownError,
    };

    private static ErrorCode ByGrpc(string? name) => name switch
    {
        "INVALID_ARGUMENT" or "NOT_FOUND" or "FAILED_PRECONDITION" or "OUT_OF_RANGE" or "UNIMPLEMENTED" => ErrorCode.InvalidRequest,
        "DEADLINE_EXCEEDED" => ErrorCode.Timeout,
        "PERMISSION_DENIED" or "UNAUTHENTICATED" => ErrorCode.AuthenticationFailed,
        "CANCELLED" or "UNKNOWN" or "ALREADY_EXISTS" or "RESOURCE_EXHAUSTED" or "ABORTED" or "INTERNAL" or "UNAVAILABLE" or "DATA_LOSS"
            => ErrorCode.ProviderError,
        _ => ErrorCode.UnknownError,
    };

    private static string? GrpcName(long number) => number switch
    {
        1 => "CANCELLED",
        2 => "UNKNOWN",
        3 => "INVALID_ARGUMENT",
        4 => "DEADLINE_EXCEEDED",
        5 => "NOT_FOUND",
        6 => "ALREADY_EXISTS",
        7 => "PERMISSION_DENIED",
        8 => "RESOURCE_EXHAUSTED",
        9 => "FAILED_PRECONDITION",
        10 => "ABORTED",
        11 => "OUT_OF_RANGE",
        12 => "UNIMPLEMENTED",
        13 => "INTERNAL",
        14 => "UNAVAILABLE",
        15 => "DATA_LOSS",
        16 => "UNAUTHENTICATED",
        _ => null,
    };
}
