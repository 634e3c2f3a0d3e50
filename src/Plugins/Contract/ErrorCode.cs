using System.Text.Json.Serialization;

namespace Framegate.Plugins.Contract;

/// <summary>The closed list of failures a caller can meet. The names on the wire are fixed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ErrorCode>))]
public enum ErrorCode
{
    /// <summary>The request cannot be honoured as written. HTTP 400.</summary>
    [JsonStringEnumMemberName("INVALID_REQUEST")]
    InvalidRequest,

    /// <summary>The model is unknown, or the provider does not serve it any more. HTTP 404.</summary>
    [JsonStringEnumMemberName("INVALID_MODEL")]
    InvalidModel,

    /// <summary>A key was refused: the client's (HTTP 401) or ours at the provider (HTTP 502).</summary>
    [JsonStringEnumMemberName("AUTHENTICATION_FAILED")]
    AuthenticationFailed,

    /// <summary>The account at the provider is empty. HTTP 402.</summary>
    [JsonStringEnumMemberName("INSUFFICIENT_CREDITS")]
    InsufficientCredits,

    /// <summary>The provider refused the content of the input or of the output. HTTP 422.</summary>
    [JsonStringEnumMemberName("CONTENT_POLICY_VIOLATION")]
    ContentPolicyViolation,

    /// <summary>Too many requests at the provider or at Framegate. HTTP 429 with Retry-After.</summary>
    [JsonStringEnumMemberName("RATE_LIMIT_EXCEEDED")]
    RateLimitExceeded,

    /// <summary>The provider failed. HTTP 502.</summary>
    [JsonStringEnumMemberName("PROVIDER_ERROR")]
    ProviderError,

    /// <summary>The provider could not be reached, or the connection broke. HTTP 502.</summary>
    [JsonStringEnumMemberName("NETWORK_ERROR")]
    NetworkError,

    /// <summary>The time given by the request is over. HTTP 504.</summary>
    [JsonStringEnumMemberName("TIMEOUT")]
    Timeout,

    /// <summary>Anything that fits none of the others, among them a cancelled generation. HTTP 500.</summary>
    [JsonStringEnumMemberName("UNKNOWN_ERROR")]
    UnknownError,
}
