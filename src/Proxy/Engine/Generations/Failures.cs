using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>What a call that ended without a readable answer means, and how failures are told to the caller.</summary>
internal static class Failures
{
    /// <summary>The reason in <c>error.details</c> of a generation that the client ended.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The reason of a generation whose submit was sent and never answered.</summary>
    public const string SubmitOutcomeUnknown = "submit_outcome_unknown";

    /// <summary>The failure as the caller sees it.</summary>
    public static GenerationError ToError(ProviderFailure failure, string provider, DateTimeOffset now, int? nativeStatus = null, string? reason = null) => new()
    {
        Code = failure.Code,
        Message = failure.Message,
        Retryable = failure.Code.IsRetryableByNature() || (failure.Code == ErrorCode.ProviderError && failure.Retryable),
        Provider = provider,
        Details = failure.NativeCode is null && nativeStatus is null && reason is null
            ? null
            : new ErrorDetails { NativeCode = failure.NativeCode, NativeStatus = nativeStatus, Reason = reason },
        Timestamp = now,
        RetryAfter = failure.RetryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : failure.Code == ErrorCode.RateLimitExceeded ? 1 : null,
    };

    /// <summary>A submit or a poll was answered with something that is not the provider's format.</summary>
    public static ProviderFailure Unreadable(string provider) =>
        new(ErrorCode.UnknownError, $"{provider} answered something that cannot be read.");

    /// <summary>A provider's answer names a URL that must not be called.</summary>
    public static ProviderFailure Untrusted(string provider) =>
        new(ErrorCode.ProviderError, $"{provider} named a URL outside its own hosts.") { Acceptance = Acceptance.Yes };

    /// <summary>The caller's time is over.</summary>
    public static GenerationError DeadlinePassed(GenerationState state, DateTimeOffset now) => new()
    {
        Code = ErrorCode.Timeout,
        Message = state.Job is null
            ? "The time given by the request is over."
            : $"{state.Provider} did not finish in the time given by the request. A late result is still kept.",
        Retryable = true,
        Provider = state.Job is null ? null : state.Provider,
        Timestamp = now,
    };

    /// <summary>The client has ended the generation.</summary>
    public static GenerationError CancelledByClient(DateTimeOffset now) => new()
    {
        Code = ErrorCode.UnknownError,
        Message = "The client cancelled the generation.",
        Details = new ErrorDetails { Reason = Cancelled },
        Timestamp = now,
    };

    /// <summary>The program died while a submit was on its way, and the job cannot be found.</summary>
    public static GenerationError LostInRestart(string provider, DateTimeOffset now) => new()
    {
        Code = ErrorCode.UnknownError,
        Message = $"Framegate stopped while the submit was on its way to {provider}; whether a job runs there is not known.",
        Provider = provider,
        Details = new ErrorDetails { Reason = SubmitOutcomeUnknown },
        Timestamp = now,
    };

    /// <summary>The result was made, and cannot be copied.</summary>
    public static GenerationError ResultLost(string provider, string reason, DateTimeOffset now) => new()
    {
        Code = ErrorCode.ProviderError,
        Message = $"{provider} finished the job, but its result could not be fetched: {reason}",
        Provider = provider,
        Details = new ErrorDetails { Reason = "result_not_fetched" },
        Timestamp = now,
    };

    /// <summary>The provider or the model has left the configuration.</summary>
    public static GenerationError Gone(GenerationState state, DateTimeOffset now) => new()
    {
        Code = ErrorCode.InvalidModel,
        Message = $"{state.Provider} with {state.Model} is not configured any more.",
        Timestamp = now,
    };

    /// <summary>A bug of ours.</summary>
    public static GenerationError Internal(GenerationState state, DateTimeOffset now) => new()
    {
        Code = ErrorCode.UnknownError,
        Message = $"Framegate could not send the request to {state.Provider}.",
        Timestamp = now,
    };
}
