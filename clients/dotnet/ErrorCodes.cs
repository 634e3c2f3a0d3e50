namespace Framegate.Client;

/// <summary>The ten codes of failures.</summary>
public static class ErrorCodes
{
    /// <summary>The request cannot be done as it is.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>There is no such model.</summary>
    public const string InvalidModel = "INVALID_MODEL";

    /// <summary>A key was refused: the client's, or Framegate's at the provider.</summary>
    public const string AuthenticationFailed = "AUTHENTICATION_FAILED";

    /// <summary>The account or the budget is used up.</summary>
    public const string InsufficientCredits = "INSUFFICIENT_CREDITS";

    /// <summary>The provider does not make this.</summary>
    public const string ContentPolicyViolation = "CONTENT_POLICY_VIOLATION";

    /// <summary>Too many requests.</summary>
    public const string RateLimitExceeded = "RATE_LIMIT_EXCEEDED";

    /// <summary>The provider failed.</summary>
    public const string ProviderError = "PROVIDER_ERROR";

    /// <summary>The provider could not be reached.</summary>
    public const string NetworkError = "NETWORK_ERROR";

    /// <summary>It took too long.</summary>
    public const string Timeout = "TIMEOUT";

    /// <summary>Anything else, a cancellation included.</summary>
    public const string UnknownError = "UNKNOWN_ERROR";
}
