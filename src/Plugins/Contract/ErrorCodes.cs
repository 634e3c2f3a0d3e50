namespace Framegate.Plugins.Contract;

/// <summary>What is fixed about each <see cref="ErrorCode"/>.</summary>
public static class ErrorCodes
{
    /// <summary>Codes that may pass when the same request is sent again, whatever the provider reports.</summary>
    /// <param name="code">The code.</param>
    /// <returns>True for RATE_LIMIT_EXCEEDED, TIMEOUT and NETWORK_ERROR.</returns>
    public static bool IsRetryableByNature(this ErrorCode code) =>
        code is ErrorCode.RateLimitExceeded or ErrorCode.Timeout or ErrorCode.NetworkError;

    /// <summary>The HTTP status of an answer that carries this code.</summary>
    /// <param name="code">The code.</param>
    /// <param name="fromProvider">True when the failure is the provider's; decides AUTHENTICATION_FAILED alone.</param>
    /// <returns>A status from 400 to 504.</returns>
    public static int ToHttpStatus(this ErrorCode code, bool fromProvider) => code switch
    {
        ErrorCode.InvalidRequest => 400,
        ErrorCode.InvalidModel => 404,
        ErrorCode.AuthenticationFailed => fromProvider ? 502 : 401,
        ErrorCode.InsufficientCredits => 402,
        ErrorCode.ContentPolicyViolation => 422,
        ErrorCode.RateLimitExceeded => 429,
        ErrorCode.ProviderError or ErrorCode.NetworkError => 502,
        ErrorCode.Timeout => 504,
        _ => 500,
    };

    /// <summary>A refusal counts against the request, not against the provider's health.</summary>
    /// <param name="code">The code.</param>
    /// <returns>True for CONTENT_POLICY_VIOLATION, INVALID_REQUEST and INVALID_MODEL.</returns>
    public static bool IsRefusal(this ErrorCode code) =>
        code is ErrorCode.ContentPolicyViolation or ErrorCode.InvalidRequest or ErrorCode.InvalidModel;
}
