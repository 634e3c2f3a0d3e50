using System.Text.Json.Serialization;
using Framegate.Plugins;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>A submit that came to nothing, and what its attempt shows of it.</summary>
/// <param name="Failure">Why.</param>
/// <param name="HttpStatus">The HTTP status of the answer; null when none came.</param>
/// <param name="TookMs">How long the submit took, milliseconds.</param>
internal sealed record SubmitRefusal(ProviderFailure Failure, int? HttpStatus, long TookMs)
{
    /// <summary>What became of the attempt.</summary>
    [JsonIgnore]
    public AttemptOutcome Outcome => Failure.Acceptance switch
    {
        Acceptance.Yes => AttemptOutcome.Accepted,
        Acceptance.Unknown => AttemptOutcome.Unknown,
        _ => HttpStatus is null ? AttemptOutcome.Unreachable : AttemptOutcome.Refused,
    };

    /// <summary>Whether a lost submit may have been sent again with its key by whoever looks for it, so that the refusal of the first proves nothing about the next.</summary>
    public static bool MayHaveBeenRepeated(GenerationState state) => state.Attempts is [.., { Reconciled: ReconciledBy.IdempotencyKey }];

    /// <summary>The refusal by a call.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="exchange">The call; null when there was none.</param>
    public static SubmitRefusal Of(ProviderFailure failure, ProviderExchange? exchange) =>
        new(failure, exchange is { Status: > 0 and var status } ? status : null, (long)(exchange?.Elapsed.TotalMilliseconds ?? 0));

    /// <summary>A generation whose last attempt shows it.</summary>
    public GenerationState Reported(GenerationState state) => state.WithAttempt(
        a => a with { Outcome = Outcome, Code = Failure.Code, Billed = Failure.Billed, DurationMs = TookMs, Cause = Failure.Cause, HttpStatus = HttpStatus });
}
