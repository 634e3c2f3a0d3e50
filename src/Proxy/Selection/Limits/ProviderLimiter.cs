using System.Threading.RateLimiting;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>
/// The limit of one provider: so many submits in any minute, and so many jobs at once. Who finds no room waits for a turn in a <see cref="FairQueue"/>. A
/// lease stands for a job; it is given back when the job has ended.
/// </summary>
/// <remarks>The limiters of the framework take neither a clock nor two limits under one queue.</remarks>
internal sealed class ProviderLimiter(ProviderLimits limits, TimeProvider time) : RateLimiter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PlacesLast = TimeSpan.FromSeconds(1);
    private const int FewWaiters = 100;
    private readonly Lock _lock = new();
    private readonly Queue<long> _sent = new();
    private readonly FairQueue _waiters = new();
    private ProviderLimits _limits = limits;
    private ITimer? _timer;
    private int _running;
    private long _taken;

    // Places are counted anew at once while few wait, and once in a while where that takes a while.
    private Dictionary<QueueTurn, int>? _places;
    private DateTimeOffset _placesAt;
    private TimeSpan? _usualJob;

    /// <inheritdoc />
    public override TimeSpan? IdleDuration => null;

    /// <summary>True when a job would be let through at once.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count == 0 && IsOpen();
            }
        }
    }

    /// <summary>How many more may be sent within this minute; <see cref="int.MaxValue"/> where that is not limited.</summary>
    public int Left
    {
        get
        {
            lock (_lock)
            {
                _ = IsOpen();
                return _limits.RequestsPerMinute is { } most ? Math.Max(0, most - _sent.Count) : int.MaxValue;
            }
        }
    }

    /// <summary>How many wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count;
            }
        }
    }

    /// <summary>How many are served up to and with a turn, as it stands now; 1 when it has come.</summary>
    public int PositionOf(QueueTurn turn)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_places is null || (_waiters.Count <= FewWaiters ? _placesAt != now || !_places.ContainsKey(turn) : now - _placesAt >= PlacesLast))
            {
                (_places, _placesAt) = (_waiters.Order(now).Select((t, i) => (t, i)).ToDictionary(p => p.t, p => p.i + 1), now);
            }

            // Who has come since they were counted stands at the end, for all that is known.
            return turn.Come.Task.IsCompleted ? 1 : _places.GetValueOrDefault(turn, Math.Max(_waiters.Count, 1));
        }
    }

    /// <summary>How long a place is waited for at about: by the limit by the minute, and by how long jobs took of late.</summary>
    /// <param name="position">The place, from 1.</param>
    /// <returns>Null while no job has ended that would say.</returns>
    public TimeSpan? EstimateOf(int position)
    {
        lock (_lock)
        {
            var byMinute = WaitOf(position - 1);
            return _limits.JobsAtOnce is not { } jobs ? byMinute
                : _usualJob is { } usual ? (usual * position / jobs is var byJobs && byJobs > byMinute ? byJobs : byMinute)
                : _limits.RequestsPerMinute is null ? null : byMinute;
        }
    }

    /// <summary>Puts other limits into force. Nobody who waits loses the place.</summary>
    public void Configure(ProviderLimits limits)
    {
        lock (_lock)
        {
            _limits = limits;
        }

        LetIn();
    }

    /// <summary>Takes a job in that runs already, whatever the limits say: after a restart.</summary>
    public RateLimitLease Adopt()
    {
        lock (_lock)
        {
            _running++;
            return new Lease(this, time.GetTimestamp());
        }
    }

    /// <summary>How long a new waiter would wait at least. A job's end is not known, so only the limit by the minute counts.</summary>
    /// <param name="priority">Its priority; lower ones do not count.</param>
    public TimeSpan WaitOfNext(int priority = 0)
    {
        lock (_lock)
        {
            return WaitOf(_waiters.CountFrom(priority));
        }
    }

    /// <summary>Gives a turn its place without waiting for it: after a restart all who waited stand in line before the first is let in.</summary>
    public void Reserve(QueueTurn turn)
    {
        lock (_lock)
        {
            turn.Limiter = this;
            _waiters.Add(turn);
            _places = null;
            Arm();
        }
    }

    /// <summary>Waits for a turn, which may be reserved already.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Leaves the queue.</param>
    /// <returns>A lease; one that is not acquired when the queue is full.</returns>
    public ValueTask<RateLimitLease> AcquireAsync(QueueTurn turn, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (turn.Limiter != this)
            {
                if (_waiters.Count == 0 && IsOpen())
                {
                    return new(Take());
                }

                if (_waiters.Count >= _limits.MaxQueued)
                {
                    return new(Lease.Failed(WaitOf(_waiters.Count)));
                }

                Reserve(turn);
            }
        }

        LetIn();
        return WaitAsync(turn, cancellationToken);
    }

    /// <summary>Counts a submit whose job is not followed to its end, such as one on a native route. It waits for nobody, and goes past nobody who waits.</summary>
    /// <param name="wait">How long there is no room at least; a job's end is not known.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryCount(out TimeSpan wait)
    {
        lock (_lock)
        {
            wait = WaitOf(_waiters.Count);
            if (_waiters.Count > 0 || !IsOpen())
            {
                return false;
            }

            _taken++;
            if (_limits.RequestsPerMinute is not null)
            {
                _sent.Enqueue(time.GetTimestamp());
            }

            return true;
        }
    }

    /// <summary>Gives a turn up, also one that has come and was not taken.</summary>
    public void Leave(QueueTurn turn)
    {
        lock (_lock)
        {
            _waiters.Remove(turn);
            _places = null;
        }

        turn.Come.TrySetCanceled();
        turn.Granted?.Dispose();
        LetIn();
    }

    /// <inheritdoc />
    public override RateLimiterStatistics GetStatistics()
    {
        lock (_lock)
        {
            return new RateLimiterStatistics
            {
                CurrentAvailablePermits = IsOpen() ? 1 : 0,
                CurrentQueuedCount = _waiters.Count,
                TotalSuccessfulLeases = _taken,
            };
        }
    }

    /// <inheritdoc />
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_lock)
        {
            return _waiters.Count == 0 && IsOpen() ? Take() : Lease.Failed(WaitOf(_waiters.Count));
        }
    }

    /// <inheritdoc />
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        AcquireAsync(new QueueTurn("", 0, time.GetUtcNow()), cancellationToken);

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<RateLimitLease> WaitAsync(QueueTurn turn, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Dequeue(turn, cancellationToken));
        return await turn.Come.Task;
    }

    private void Dequeue(QueueTurn turn, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _waiters.Remove(turn);
            _places = null;
        }

        turn.Come.TrySetCanceled(cancellationToken);
        LetIn();
    }

    private void Release(long began)
    {
        lock (_lock)
        {
            _running--;

            // The mean, in which the latest count most.
            var took = time.GetElapsedTime(began);
            _usualJob = _usualJob is { } usual ? usual + ((took - usual) / 8) : took;
        }

        LetIn();
    }

    private void LetIn()
    {
        while (true)
        {
            QueueTurn next;
            RateLimitLease lease;
            lock (_lock)
            {
                if (!IsOpen() || _waiters.Take(time.GetUtcNow()) is not { } first)
                {
                    Arm();
                    return;
                }

                next = first;
                _places = _waiters.Count <= FewWaiters ? null : _places;
                next.Granted = lease = Take();
            }

            if (!next.Come.TrySetResult(lease))
            {
                lease.Dispose();
            }
        }
    }

    private Lease Take()
    {
        _running++;
        _taken++;
        if (_limits.RequestsPerMinute is not null)
        {
            _sent.Enqueue(time.GetTimestamp());
        }

        return new Lease(this, time.GetTimestamp());
    }

    private bool IsOpen()
    {
        while (_sent.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Window)
        {
            _sent.Dequeue();
        }

        return !(_running >= _limits.JobsAtOnce) && !(_sent.Count >= _limits.RequestsPerMinute);
    }

    private TimeSpan WaitOf(int ahead)
    {
        if (_limits.RequestsPerMinute is not { } perMinute || _sent.Count + ahead < perMinute)
        {
            return TimeSpan.Zero;
        }

        // The place is taken over from one that was sent a minute before; with more waiting than fit into a minute, some minutes later.
        var place = _sent.Count + ahead - perMinute;
        var laps = place / perMinute;
        var index = Math.Min(place % perMinute, Math.Max(_sent.Count - 1, 0));
        var since = _sent.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(_sent.ElementAt(index));
        var wait = Window - since + (Window * laps);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private void Arm()
    {
        if (_waiters.Count == 0 || !_sent.TryPeek(out var oldest) || !(_sent.Count >= _limits.RequestsPerMinute))
        {
            return;
        }

        var wait = Window - time.GetElapsedTime(oldest);
        _timer ??= time.CreateTimer(static limiter => ((ProviderLimiter)limiter!).LetIn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private sealed class Lease(ProviderLimiter? limiter, long began) : RateLimitLease
    {
        private readonly TimeSpan? _retryAfter;
        private int _returned;

        private Lease(TimeSpan retryAfter)
            : this(null, 0) => _retryAfter = retryAfter;

        public override bool IsAcquired => limiter is not null;

        public override IEnumerable<string> MetadataNames => _retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public static Lease Failed(TimeSpan retryAfter) => new(retryAfter);

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? _retryAfter : null;
            return metadata is not null;
        }

        protected override void Dispose(bool disposing)
        {
            if (limiter is not null && Interlocked.Exchange(ref _returned, 1) == 0)
            {
                limiter.Release(began);
            }

            base.Dispose(disposing);
        }
    }
}
