using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>What an HTTP error status means for money: whether a job can exist.</summary>
public static class SubmitVerdict
{
    /// <summary>Completes a failure with acceptance and billing.</summary>
    /// <param name="failure">The failure, as far as the answer's words go.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="operation">What was asked.</param>
    /// <returns>The failure with <see cref="ProviderFailure.Acceptance"/> and <see cref="ProviderFailure.Billed"/>.</returns>
    /// <remarks>
    /// <para>The table of acceptance, for a submit. Certainly no job:</para>
    /// <list type="bullet">
    /// <item>3xx: whoever redirects has started nothing, and a paid request is not sent to another address.</item>
    /// <item>4xx: a refusal. 409 is one of them, since no idempotency key goes along that could stand for a job; 423 is a locked account or model; 425 means that the
    /// request was not even looked at. 408 and 499 are none.</item>
    /// <item>503: providers answer it for lack of capacity, before work begins.</item>
    /// <item>521, 523, 525, 526: the edge never got the request to the provider's own servers.</item>
    /// <item>2xx without a job and with an error that is a refusal by its own code or words.</item>
    /// </list>
    /// <para>Nobody knows, so that it is never sent again:</para>
    /// <list type="bullet">
    /// <item>408, 499, 504, 522, 524: somebody stopped waiting, perhaps after the provider had begun.</item>
    /// <item>500, 502, 520, 527, 530: something broke, before or after.</item>
    /// <item>2xx without a job or a refusal, and any other status.</item>
    /// </list>
    /// </remarks>
    public static ProviderFailure Of(ProviderFailure failure, int status, NativeCall operation) => operation switch
    {
        NativeCall.Submit when IsRefusal(failure, status) => failure with
        {
            Acceptance = Acceptance.No,
            Billed = Billed.No,
            Code = status is >= 300 and <= 399 ? ErrorCode.ProviderError : failure.Code,
            Retryable = failure.Retryable || status == 425,
        },

        // An unknown outcome is nobody's fault, least of all the caller's.
        NativeCall.Submit => failure with
        {
            Acceptance = Acceptance.Unknown,
            Billed = Billed.Unknown,
            Code = failure.Code is ErrorCode.InvalidRequest or ErrorCode.InvalidModel ? ErrorCode.ProviderError : failure.Code,
        },
        NativeCall.Download => failure with { Acceptance = Acceptance.Yes, Billed = Billed.Yes },
        NativeCall.Poll or NativeCall.Cancel => failure with { Acceptance = Acceptance.Yes, Billed = Billed.Unknown },
        NativeCall.Probe => failure with { Acceptance = Acceptance.No, Billed = Billed.No },
        _ => failure,
    };

    private static bool IsRefusal(ProviderFailure failure, int status) => status switch
    {
        408 or 499 => false,
        503 or 521 or 523 or 525 or 526 => true,
        >= 200 and <= 299 => failure.Code.IsRefusal() || failure.Code is ErrorCode.AuthenticationFailed or ErrorCode.InsufficientCredits or ErrorCode.RateLimitExceeded,
        _ => status is >= 300 and <= 499,
    };
}
