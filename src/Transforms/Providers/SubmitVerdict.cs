using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers;

/// <summary>What an HTTP error status says about money: whether a job can exist.</summary>
internal static class SubmitVerdict
{
    /// <summary>Completes a failure with acceptance and billing.</summary>
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
