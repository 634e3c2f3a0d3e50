using System.Threading.RateLimiting;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>
/// The limit of one provider: so many submits in any minute, and so many jobs at once. Who finds no room waits in the order of arrival. A
/// lease stands for a job; it is given back when the job has ended.
/// </summary>
/// <remarks>The limiters of the framework take neither a clock nor two limits under one queue.</remarks>
internal sealed class ProviderLimiter(ProviderLimits limits, TimeProvider time) : RateLimiter
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Queue<long> _sent = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private ProviderLimits _limits = limits;
    private ITimer? _timer;
    private int _running;
    private long _entered;
    private long _left;
    private long _taken;

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

    /// <summary>How many have left the queue so far; where a waiter stands is its own number less this.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>The number that the next waiter gets.</summary>
    public long NextNumber => Volatile.Read(ref _entered) + 1;

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
            return new Lease(this);
        }
    }

    /// <summary>How long a new waiter would wait at least. A job's end is not known, so only the limit by the minute counts.</summary>
    public TimeSpan WaitOfNext()
    {
        lock (_lock)
        {
            return WaitOf(_waiters.Count);
        }
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
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_waiters.Count == 0 && IsOpen())
            {
                return new(Take());
            }

            if (_waiters.Count >= _limits.MaxQueued)
            {
                return new(Lease.Failed(WaitOf(_waiters.Count)));
            }

            waiter = new Waiter();
            waiter.Node = _waiters.AddLast(waiter);
            _entered++;
            Arm();
        }

        return WaitAsync(waiter, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<RateLimitLease> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => Dequeue(waiter, cancellationToken));
        return await waiter.Turn.Task;
    }

    private void Dequeue(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (waiter.Node.List is not null)
            {
                _waiters.Remove(waiter.Node);
                _left++;
            }
        }

        waiter.Turn.TrySetCanceled(cancellationToken);
        LetIn();
    }

    private void Release()
    {
        lock (_lock)
        {
            _running--;
        }

        LetIn();
    }

    private void LetIn()
    {
        while (true)
        {
            Waiter first;
            RateLimitLease lease;
            lock (_lock)
            {
                if (_waiters.First is not { } node || !IsOpen())
                {
                    Arm();
                    return;
                }

                first = node.Value;
                _waiters.RemoveFirst();
                _left++;
                lease = Take();
            }

            if (!first.Turn.TrySetResult(lease))
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

        return new Lease(this);
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

    private sealed class Waiter
    {
        public TaskCompletionSource<RateLimitLease> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter> Node { get; set; } = null!;
    }

    private sealed class Lease(ProviderLimiter? limiter) : RateLimitLease
    {
        private readonly TimeSpan? _retryAfter;
        private int _returned;

        private Lease(TimeSpan retryAfter)
            : this(null) => _retryAfter = retryAfter;

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
                limiter.Release();
            }

            base.Dispose(disposing);
        }
    }
}
