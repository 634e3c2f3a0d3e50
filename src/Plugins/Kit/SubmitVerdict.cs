using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>What an HTTP error status says about money: whether a job can exist.</summary>
public static class SubmitVerdict
{
    /// <summary>Completes a failure with acceptance and billing.</summary>
    /// <param name="failure">The failure, as far as the answer's words go.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="operation">What was asked.</param>
    /// <returns>The failure with <see cref="ProviderFailure.Acceptance"/> and <see cref="ProviderFailure.Billed"/>.</returns>
    /// <remarks>
    /// A 4xx is a refusal, and so is 503 (providers answer it for lack of capacity, before work begins). After 408, 499, 500, 502
    /// and 504 the job may exist, and so it may after anything undocumented.
    /// </remarks>
    public static ProviderFailure Of(ProviderFailure failure, int status, NativeCall operation) => operation switch
    {
        NativeCall.Submit when status is (>= 400 and <= 499 and not (408 or 499)) or 503 =>
            failure with { Acceptance = Acceptance.No, Billed = Billed.No },
        NativeCall.Submit => failure with { Acceptance = Acceptance.Unknown, Billed = Billed.Unknown },
        NativeCall.Download => failure with { Acceptance = Acceptance.Yes, Billed = Billed.Yes },
        NativeCall.Poll or NativeCall.Cancel => failure with { Acceptance = Acceptance.Yes, Billed = Billed.Unknown },
        NativeCall.Probe => failure with { Acceptance = Acceptance.No, Billed = Billed.No },
        _ => failure,
    };
}
