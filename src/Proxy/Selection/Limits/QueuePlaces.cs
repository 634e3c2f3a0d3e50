namespace Framegate.Proxy.Selection.Limits;

/// <summary>The places in a queue. Putting it in order takes a while where many wait, so it is done on a copy, while the queue goes on.</summary>
/// <param name="waiters">The queue.</param>
/// <param name="gate">Guards the queue.</param>
/// <param name="time">The clock.</param>
internal sealed class QueuePlaces(FairQueue waiters, Lock gate, TimeProvider time)
{
    private const int Few = 100;
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(1);

    // Of many, once in a while; a few are counted each time.
    private Counted? _counted;
    private bool _isCounting;

    /// <summary>How many are served up to and with a turn, as it stands now; 1 when it has come.</summary>
    public int Of(QueueTurn turn)
    {
        if (turn.Come.Task.IsCompleted)
        {
            return 1;
        }

        var now = time.GetUtcNow();
        Counted? counted = null;
        QueueSnapshot copy;
        int waiting;
        bool areMany;
        lock (gate)
        {
            (waiting, areMany) = (waiters.Count, waiters.Count > Few);
            if (areMany && (_isCounting || (_counted is { } last && now - last.At < s_last)))
            {
                // One counts for all. Until it has done so for the first time, everybody stands at the end.
                return _counted?.Of(turn, waiting) ?? waiting;
            }

            copy = waiters.Copy();
            if (areMany)
            {
                _isCounting = true;
            }
            else
            {
                _counted = null;
            }
        }

        try
        {
            counted = new Counted(copy, now);
            return counted.Of(turn, waiting);
        }
        finally
        {
            if (areMany)
            {
                lock (gate)
                {
                    (_counted, _isCounting) = (counted ?? _counted, false);
                }
            }
        }
    }

    /// <summary>Those who are served first, in order.</summary>
    /// <param name="count">How many at most.</param>
    public IReadOnlyList<QueueTurn> First(int count)
    {
        QueueSnapshot copy;
        lock (gate)
        {
            copy = waiters.Copy();
        }

        return [.. copy.Order(time.GetUtcNow()).Take(count)];
    }

    private sealed class Counted(QueueSnapshot copy, DateTimeOffset at)
    {
        private readonly Dictionary<QueueTurn, int> _places = copy.Order(at).Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i + 1);

        public DateTimeOffset At => at;

        // Who has come since they were counted stands at the end, for all that is known.
        public int Of(QueueTurn turn, int waiting) => _places.GetValueOrDefault(turn, Math.Max(waiting, 1));
    }
}
