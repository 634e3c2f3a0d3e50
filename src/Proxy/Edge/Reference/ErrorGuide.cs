using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.Reference;

/// <summary>What each code means and what to do about it: the page at <c>/docs/errors</c>, and <c>docs/errors.md</c>.</summary>
internal static class ErrorGuide
{
    /// <summary>Every code, in the order of the contract.</summary>
    public static IReadOnlyList<ErrorEntry> Entries { get; } =
    [
        new(ErrorCode.InvalidRequest, "The request cannot be honoured as it is written.", "Read error.details.fields: each names a field, what is wrong, and what is allowed. The same request fails again."),
        new(ErrorCode.InvalidModel, "The model is unknown, or the provider does not serve it any more.", "Take one that GET /models lists; retired ones name their successor. An alias survives a retirement."),
        new(ErrorCode.AuthenticationFailed, "A key was refused: yours (401, 403), or Framegate's at the provider (502).", "401: send the client key as Authorization: Bearer KEY. 502: the operator renews the provider's key; the destination is left out until a probe succeeds."),
        new(ErrorCode.InsufficientCredits, "The account at the provider is empty.", "The operator tops up the account. Candidates of an alias at other providers are tried meanwhile."),
        new(ErrorCode.ContentPolicyViolation, "The provider refused the content of the input or of the output.", "Change the prompt or the inputs. error.details.native_code has the provider's own word, where it gives one."),
        new(ErrorCode.RateLimitExceeded, "Too many requests, at the provider or here.", "Wait for Retry-After. A request in the background (Prefer: respond-async) waits in the queue instead of failing."),
        new(ErrorCode.ProviderError, "The provider failed.", "error.retryable states whether the same request may pass. metadata.attempts shows every try, and whether it may have been billed."),
        new(ErrorCode.NetworkError, "The provider could not be reached, or the connection broke.", "Repeat it, where the status is not 424. The log records why: name, TLS, refused, or time."),
        new(ErrorCode.Timeout, "The time that the request gave (timeout) is over.", "GET /generations/{id}: a job that was paid for goes on, and its result is kept. Give more time, or ask in the background."),
        new(ErrorCode.UnknownError, "Anything else, among it a cancelled generation.", "error.details.reason names it: cancelled, submit_outcome_unknown, or another. Without one, the log has the Framegate-Request-Id."),
    ];

    /// <summary>The HTTP statuses that an answer with a code has, without 424.</summary>
    public static string StatusesOf(ErrorCode code) => code switch
    {
        ErrorCode.AuthenticationFailed => "401, 403; 502",
        ErrorCode.InvalidRequest => "400; 409, 413, 422 for a repeated or too large request",
        _ => code.ToHttpStatus(fromProvider: false).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>The note about 424, which no code has to itself.</summary>
    public const string Once =
        "424 replaces 408, 409, 429 and 5xx where a job may have been paid for. Clients and SDKs repeat those by themselves, and none repeats 424. " +
        "The code stays as it is. error.details.reason is submit_outcome_unknown where nobody knows what became of the job.";
}

/// <summary>One code.</summary>
/// <param name="Code">The code.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record ErrorEntry(ErrorCode Code, string Meaning, string Remedy);
