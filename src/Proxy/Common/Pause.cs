namespace Framegate.Proxy.Common;

/// <summary>Waiting that ends early without an exception.</summary>
internal static class Pause
{
    /// <summary>Waits, or returns at once when the token is cancelled.</summary>
    public static async Task ForAsync(TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        if (duration > TimeSpan.Zero)
        {
            await Task.Delay(duration, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
