using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>How often one request may be submitted in all, and what may be tried again. The request narrows the configuration and never widens it.</summary>
/// <param name="options">The configuration.</param>
/// <param name="wanted">What the request specifies; null when it specifies nothing.</param>
/// <param name="candidates">How many candidates there are; each may be tried once, however few attempts are configured.</param>
internal sealed class RetryBudget(JobsOptions options, RetryConfig? wanted, int candidates = 1)
{
    /// <summary>Submits in all.</summary>
    public int MaxAttempts { get; } = Math.Min(wanted?.MaxAttempts ?? int.MaxValue, Math.Max(options.MaxAttempts, candidates));

    /// <summary>Whether the same candidate may be tried again after a pause.</summary>
    /// <param name="attempts">How many attempts there were.</param>
    /// <param name="failure">Why the last one came to nothing.</param>
    /// <param name="left">What is left of the caller's time.</param>
    public bool MayRepeat(int attempts, ProviderFailure failure, TimeSpan left) =>
        attempts < MaxAttempts
        && failure.Acceptance == Acceptance.No
        && (failure.Code.IsRetryableByNature() || failure.Retryable || IsListed(failure))
        && !(failure.RetryAfter >= left)
        && left > TimeSpan.Zero;

    /// <summary>Whether another candidate, or another destination, may be tried at once.</summary>
    /// <param name="attempts">How many attempts there were.</param>
    /// <param name="failure">Why the last one came to nothing.</param>
    public bool MayMoveOn(int attempts, ProviderFailure failure) => attempts < MaxAttempts && (IsListed(failure) || failure switch
    {
        { Acceptance: Acceptance.Unknown } => false,

        // A model that is gone is no verdict on the request; any other refusal is, and ends it.
        { Acceptance: Acceptance.No, Code: ErrorCode.InvalidModel } => true,
        { Code: var code } when code.IsRefusal() => false,
        { Acceptance: Acceptance.No } => true,
        _ => failure.Billed == Billed.No,
    });

    /// <summary>Whether a candidate that failed like this is worth another try of the same request.</summary>
    public static bool Excludes(ProviderFailure failure) =>
        failure.Acceptance != Acceptance.No
        || failure.Code is ErrorCode.InvalidModel or ErrorCode.AuthenticationFailed or ErrorCode.InsufficientCredits
        || failure.Code.IsRefusal();

    // What is not known to have failed may be running, and be paid for: no list allows that to be sent again.
    private bool IsListed(ProviderFailure failure) =>
        failure.Acceptance != Acceptance.Unknown && wanted?.RetryOn?.Contains(failure.Code) == true;
}
