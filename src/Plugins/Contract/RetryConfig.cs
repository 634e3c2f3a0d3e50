namespace Framegate.Plugins.Contract;

/// <summary>How often a submit may be tried; it narrows what the configuration allows and never lets a paid submit repeat.</summary>
/// <param name="MaxAttempts">Submits in all, 1 to 10. Null: the configured default.</param>
/// <param name="BaseDelay">Pause before the second attempt, 0 to 60 s; it doubles from then on. Null: the configured default.</param>
/// <param name="MaxDelay">Longest pause between two attempts, 0 to 300 s. Null: the configured default.</param>
/// <param name="Jitter">Spread the pauses at random. Null: the configured default.</param>
/// <param name="RetryOn">Codes that may be tried again besides those that are by nature. Null or empty: none.</param>
public sealed record RetryConfig(
    int? MaxAttempts = null,
    TimeSpan? BaseDelay = null,
    TimeSpan? MaxDelay = null,
    bool? Jitter = null,
    IReadOnlyList<ErrorCode>? RetryOn = null)
{
    /// <summary>What the request may cost in all, with every candidate that it falls back to, 0 to 1,000,000 USD. Null: any price.</summary>
    public decimal? MaxCost { get; init; }
}
