namespace Framegate.Proxy.Selection.Limits;

/// <summary>A place in the queue of a provider.</summary>
/// <param name="limiter">The provider's limit.</param>
/// <param name="number">The waiter's number.</param>
internal sealed class QueuePosition(ProviderLimiter limiter, long number)
{
    /// <summary>How many are served up to and with this one; at least 1.</summary>
    public int Position => (int)Math.Max(number - limiter.Left, 1);
}
