using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>Why a provider did not do what it was asked.</summary>
/// <param name="Code">The unified code.</param>
/// <param name="Message">For people; no key, prompt or media in it.</param>
public sealed record ProviderFailure(ErrorCode Code, string Message)
{
    /// <summary>For a submit: whether the provider may have the job. Default: it may.</summary>
    public Acceptance Acceptance { get; init; } = Acceptance.Unknown;

    /// <summary>Whether it costs money. Default: unknown.</summary>
    public Billed Billed { get; init; } = Billed.Unknown;

    /// <summary>What the provider reports as billed all the same, USD; null when not reported. Of use beside <see cref="Contract.Billed.Yes"/>.</summary>
    public decimal? Cost { get; init; }

    /// <summary>For PROVIDER_ERROR: whether a new submit of the same request may succeed. Default false.</summary>
    public bool Retryable { get; init; }

    /// <summary>What the provider asks to wait; null when not given.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's own code or status word; null when it gave none.</summary>
    public string? NativeCode { get; init; }

    /// <summary>The provider's own name of the field of the request that it refuses; null when it names none.</summary>
    public string? NativeField { get; init; }

    /// <summary>Why no answer came, for people: a name that is not known, a connection that is refused; null when one came.</summary>
    public string? Cause { get; init; }

    /// <summary>An answer about a job that holds nothing of use: the job exists, and that is all that is known.</summary>
    /// <param name="message">For people.</param>
    /// <returns>The failure.</returns>
    public static ProviderFailure Unclear(string message) => new(ErrorCode.UnknownError, message) { Acceptance = Acceptance.Yes };

    /// <summary>A refused submit: the provider has no job and bills nothing.</summary>
    /// <param name="code">The unified code.</param>
    /// <param name="message">For people.</param>
    /// <returns>The failure.</returns>
    public static ProviderFailure NotAccepted(ErrorCode code, string message) =>
        new(code, message) { Acceptance = Acceptance.No, Billed = Billed.No };
}

/// <summary>Whether a provider has a job after a submit.</summary>
public enum Acceptance
{
    /// <summary>Nobody knows.</summary>
    Unknown,

    /// <summary>It has none: the same request may go elsewhere.</summary>
    No,

    /// <summary>It has one.</summary>
    Yes,
}
