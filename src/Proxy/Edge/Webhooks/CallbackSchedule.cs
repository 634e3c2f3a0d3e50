namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>When a delivery that has failed is tried again.</summary>
internal static class CallbackSchedule
{
    /// <summary>The longest pause, and the longest that a receiver may ask for.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>How much of a pause is left to chance, so that what failed together does not come back together.</summary>
    private const double Jitter = 0.1;

    /// <summary>The pause after a failed try: three times the one before, ten per cent more or less, never shorter than the receiver asks for.</summary>
    /// <param name="firstPause">The pause after the first one.</param>
    /// <param name="attempts">How many have failed; at least 1.</param>
    /// <param name="retryAfter">What the receiver asks for; null for nothing.</param>
    /// <param name="chance">0 to 1.</param>
    public static TimeSpan PauseAfter(TimeSpan firstPause, int attempts, TimeSpan? retryAfter, double chance)
    {
        var step = Math.Min(firstPause.TotalSeconds * Math.Pow(3, attempts - 1), LongestPause.TotalSeconds);
        var pause = TimeSpan.FromSeconds(step * (1 - Jitter + (2 * Jitter * chance)));
        var asked = retryAfter is not { } wanted ? TimeSpan.Zero : wanted < LongestPause ? wanted : LongestPause;
        return pause > asked ? pause : asked;
    }
}
