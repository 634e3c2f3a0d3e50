namespace Framegate.Proxy.Selection.Limits;

/// <summary>A place in the queue of a provider.</summary>
/// <param name="limiter">The provider's limit.</param>
/// <param name="turn">The turn that is waited for.</param>
internal sealed class QueuePosition(ProviderLimiter limiter, QueueTurn turn)
{
    /// <summary>How many are served up to and with this one, as it stands now; at least 1. Later ones with a higher priority may still go first.</summary>
    public int Position => limiter.PositionOf(turn);

    /// <summary>How long a place is waited for at about, milliseconds; null while nothing is known of it.</summary>
    /// <param name="position">The place, from 1.</param>
    public long? EstimateOf(int position) => (long?)limiter.EstimateOf(position)?.TotalMilliseconds;
}
