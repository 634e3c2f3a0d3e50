using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>
/// The HTTP status of a failure. Clients and SDKs send a request again by the status alone, so one after which a job may have been paid for is answered
/// with one that nobody repeats.
/// </summary>
internal static class FailureStatus
{
    /// <summary>What stands in the place of a status that would be repeated.</summary>
    public const int NotToBeRepeated = StatusCodes.Status424FailedDependency;

    /// <summary>The status of a generation's failure.</summary>
    public static int Of(GenerationState state, GenerationError error)
    {
        var status = error.Code.ToHttpStatus(state.FailedAtProvider);
        return HasBegun(state) || error.Details?.Reason == Failures.Cancelled ? Once(status) : status;
    }

    /// <summary>Whether the same request, made once more, would be another job beside one that may run, or ran. A provider that has failed a job for nothing
    /// is not asked for another one by an SDK, unseen and three times over.</summary>
    public static bool HasBegun(GenerationState state) =>
        state.Status == GenerationStatus.Processing || state.MayBePaid || state.Attempts.Any(static a => a.Outcome == AttemptOutcome.Accepted);

    /// <summary>Whether the failure leaves open what became of a job, so that a repetition gets the same answer instead of another job.</summary>
    public static bool IsUncertain(GenerationState state) =>
        state is { Status: GenerationStatus.Failed, MayBePaid: true, Error: { } error } && IsRepeated(error.Code.ToHttpStatus(state.FailedAtProvider));

    /// <summary>A status that nobody repeats: 424 for 408, 409, 429 and 5xx, any other as it is.</summary>
    public static int Once(int status) => IsRepeated(status) ? NotToBeRepeated : status;

    /// <summary>Whether clients commonly send a request again that was answered with this status.</summary>
    public static bool IsRepeated(int status) => status is 408 or 409 or 429 or >= 500;
}
