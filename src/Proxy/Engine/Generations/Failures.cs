using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>What a call that ended without a readable answer means, and how failures are reported to the caller.</summary>
internal static class Failures
{
    /// <summary>The reason in <c>error.details</c> of a generation that the client ended.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The reason of a generation whose submit was sent and never answered.</summary>
    public const string SubmitOutcomeUnknown = "submit_outcome_unknown";

    /// <summary>The reason of a generation whose result was made and cannot be copied.</summary>
    public const string ResultNotFetched = "result_not_fetched";

    /// <summary>The failure as the caller sees it.</summary>
    public static GenerationError ToError(ProviderFailure failure, string provider, DateTimeOffset now, int? nativeStatus = null, string? reason = null) => new()
    {
        Code = failure.Code,
        Message = failure.Message,
        Retryable = !MayCost(failure) && (failure.Code.IsRetryableByNature() || (failure.Code == ErrorCode.ProviderError && failure.Retryable)),
        Provider = provider,
        Details = failure.NativeCode is null && failure.NativeField is null && nativeStatus is null && reason is null
            ? null
            : new ErrorDetails { NativeCode = failure.NativeCode, NativeField = failure.NativeField, NativeStatus = nativeStatus, Reason = reason },
        Timestamp = now,
        RetryAfter = failure.RetryAfter is { } wait ? (int)Math.Ceiling(wait.TotalSeconds) : failure.Code == ErrorCode.RateLimitExceeded ? 1 : null,
    };

    /// <summary>A submit or a poll was answered with something that is not the provider's format.</summary>
    public static ProviderFailure Unreadable(string provider) =>
        new(ErrorCode.UnknownError, $"{provider} answered something that cannot be read.");

    /// <summary>A provider's answer names a URL that must not be called.</summary>
    public static ProviderFailure Untrusted(string provider) =>
        new(ErrorCode.ProviderError, $"{provider} named a URL outside its own hosts.") { Acceptance = Acceptance.Yes };

    /// <summary>Whether the same request, sent again, may be paid for a second time.</summary>
    private static bool MayCost(ProviderFailure failure) => failure.Acceptance != Acceptance.No && failure.Billed != Billed.No;

    /// <summary>The caller's time is over. The code is that of the last cause where that is about the key, the money or the rate; whatever may have been
    /// paid for is not to be sent again.</summary>
    public static GenerationError DeadlinePassed(GenerationState state, DateTimeOffset now)
    {
        if (state.Job is null && state.Phase != GenerationPhase.Storing)
        {
            if (state.SubmitFailure is { } lost)
            {
                return new GenerationError
                {
                    Code = ErrorCode.Timeout,
                    Message = $"{lost.Message} Whether {state.Provider} took the job could not be found out in the time given by the request.",
                    Provider = state.Provider,
                    Details = new ErrorDetails { NativeCode = lost.NativeCode, Reason = SubmitOutcomeUnknown },
                    Timestamp = now,
                };
            }

            if (state.Phase == GenerationPhase.Unknown)
            {
                return LostInRestart(state.Provider, now);
            }

            return new GenerationError
            {
                Code = ErrorCode.Timeout,
                Message = "The time given by the request is over.",
                Retryable = state.Attempts.All(a => a.Billed == Billed.No),
                Timestamp = now,
            };
        }

        var trouble = state.Phase == GenerationPhase.Running ? state.PollTrouble : null;
        var isFetching = state.Phase == GenerationPhase.Storing;
        var what = isFetching
            ? $"{state.Provider} finished the job, but its result could not be fetched in the time given by the request{(state.DownloadTrouble is { } why ? $": {why}" : "")}."
            : trouble is null ? $"{state.Provider} did not finish in the time given by the request." : TroubleOf(state.Provider, trouble);
        var code = trouble?.Failure.Code is ErrorCode.AuthenticationFailed or ErrorCode.InsufficientCredits or ErrorCode.RateLimitExceeded ? trouble.Failure.Code
            : isFetching && state.DownloadTrouble is not null ? ErrorCode.ProviderError
            : ErrorCode.Timeout;
        return new GenerationError
        {
            Code = code,
            Message = isFetching || state.IsFollowedOn ? $"{what} A late result is still kept." : what,
            Provider = state.Provider,
            Details = isFetching ? new ErrorDetails { Reason = ResultNotFetched }
                : trouble is null ? null
                : new ErrorDetails { NativeCode = trouble.Failure.NativeCode, NativeStatus = trouble.Status == 0 ? null : trouble.Status },
            Timestamp = now,
        };
    }

    private static string TroubleOf(string provider, PollTrouble trouble)
    {
        var since = trouble.Since.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture);
        var answered = trouble.Status == 0 ? $"{provider} has given no answer to any poll since {since} UTC"
            : trouble.Status is >= 200 and <= 299 ? $"{provider} has given no answer that can be read to any poll since {since} UTC"
            : $"{provider} has answered {trouble.Status} to every poll since {since} UTC";
        return $"{answered}: {trouble.Failure.Message}";
    }

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
        Details = new ErrorDetails { Reason = ResultNotFetched },
        Timestamp = now,
    };

    /// <summary>The program stops while a caller waits whose dialect has no other answer; the work goes on after the next start.</summary>
    public static GenerationError Stopping(DateTimeOffset now) => new()
    {
        Code = ErrorCode.NetworkError,
        Message = "Framegate is being restarted, and the work goes on. Send the same request again; it is answered from this one and paid once.",
        Retryable = true,
        RetryAfter = 1,
        Timestamp = now,
    };

    /// <summary>The provider or the model has left the configuration.</summary>
    public static GenerationError Gone(GenerationState state, DateTimeOffset now) => new()
    {
        Code = ErrorCode.InvalidModel,
        Message = state.Job is null
            ? $"{state.Provider} with {state.Model} is not configured any more."
            : $"{state.Provider} with {state.Model} is not configured any more, and was not until the time given by the request was over. Its job {state.Job.NativeId} may have been paid for.",
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
