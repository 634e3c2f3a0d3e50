using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>What an HTTP status means where neither the provider's document nor its words specify anything else.</summary>
public static class StatusCodes
{
    /// <summary>The unified code of a status.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="operation">What was asked.</param>
    /// <returns>UNKNOWN_ERROR for 2xx and 3xx.</returns>
    public static ErrorCode CodeOf(int status, NativeCall operation) => status switch
    {
        // Results are fetched by links that run out; a refusal there proves nothing about the key.
        401 or 403 or 404 or 410 when operation == NativeCall.Download => ErrorCode.ProviderError,
        401 or 403 or 423 => ErrorCode.AuthenticationFailed,
        402 => ErrorCode.InsufficientCredits,
        404 or 410 => operation == NativeCall.Submit ? ErrorCode.InvalidModel : ErrorCode.UnknownError,
        408 or 504 or 522 or 524 => ErrorCode.Timeout,
        409 or 425 or 499 => ErrorCode.ProviderError,
        429 => ErrorCode.RateLimitExceeded,
        >= 400 and <= 499 => ErrorCode.InvalidRequest,
        >= 500 => ErrorCode.ProviderError,
        _ => ErrorCode.UnknownError,
    };
}
