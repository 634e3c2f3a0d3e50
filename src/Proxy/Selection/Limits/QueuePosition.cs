namespace Framegate.Proxy.Selection.Limits;

/// <summary>A place in the queue of a provider.</summary>
/// <param name="position">Finds out how many are served up to and with this one.</param>
/// <param name="estimate">How long a place is waited for at about; null while nothing is known of it.</param>
internal sealed class QueuePosition(Func<int> position, Func<int, TimeSpan?> estimate)
{
    /// <summary>The place of a turn that is waited for here.</summary>
    public static QueuePosition Of(ProviderLimiter limiter, QueueTurn turn) => new(() => limiter.PositionOf(turn), limiter.EstimateOf);

    /// <summary>How many are served up to and with this one, as it stands now; at least 1. Later ones with a higher priority may still go first.</summary>
    public int Position => position();

    /// <summary>How long a place is waited for at about, milliseconds; null while nothing is known of it.</summary>
    /// <param name="position">The place, from 1.</param>
    public long? EstimateOf(int position) => (long?)estimate(position)?.TotalMilliseconds;
}
