using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>The pause before the same request is submitted again.</summary>
internal static class RetryPause
{
    /// <summary>What the provider asks for where that is longer, else a pause that doubles with each attempt up to a longest one.</summary>
    /// <param name="asked">What the provider asks to wait; null when it asks for nothing.</param>
    /// <param name="wanted">What the request specifies about pauses; null when it specifies nothing.</param>
    /// <param name="options">The configuration.</param>
    /// <param name="attempts">How many attempts there were.</param>
    /// <param name="random">0 to 1; spreads the pause over its second half, unless the request does not want that.</param>
    public static TimeSpan Of(TimeSpan? asked, RetryConfig? wanted, JobsOptions options, int attempts, double random)
    {
        var first = wanted?.BaseDelay ?? options.RetryBaseDelay;
        var longest = wanted?.MaxDelay ?? options.RetryMaxDelay;
        var usual = TimeSpan.FromMilliseconds(Math.Min(first.TotalMilliseconds * Math.Pow(2, Math.Max(attempts - 1, 0)), longest.TotalMilliseconds));
        return asked >= usual ? asked.Value
            : wanted?.Jitter == false ? usual
            : usual * ((1 + random) / 2);
    }
}
