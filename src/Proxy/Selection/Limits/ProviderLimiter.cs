using System.Threading.RateLimiting;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>
/// The limit of one provider: so many submits in any minute, and so many jobs at once, over all replicas that share a Redis. Who finds no room waits for a turn in a
/// <see cref="FairQueue"/>, which each replica has for itself. A lease stands for a job; it is given back when the job has ended.
/// </summary>
/// <remarks>The limiters of the framework take neither a clock nor two limits under one queue.</remarks>
internal sealed class ProviderLimiter : RateLimiter, ISharedHolder
{
    private readonly Lock _lock = new();
    private readonly FairQueue _waiters = new();
    private readonly QueuePlaces _places;
    private readonly TimeProvider _time;
    private readonly SharedLimits _shared;
    private readonly LimitCount _count;
    private readonly KeptPlaces _kept;
    private ProviderLimits _limits;
    private ITimer? _timer;
    private long _taken;
    private bool _isLettingIn;
    private bool _isAskedAgain;
    private TimeSpan? _usualJob;

    /// <summary>A limit that nothing has used yet.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="shared">The counts of all replicas; null for this process alone.</param>
    /// <param name="key">What is limited, in the same words at each replica.</param>
    public ProviderLimiter(ProviderLimits limits, TimeProvider time, SharedLimits? shared = null, string key = "")
    {
        (_limits, _time, _shared) = (limits, time, shared ?? SharedLimits.None);
        (_count, _kept, _places) = (new LimitCount(key, _shared, time), new KeptPlaces(time), new QueuePlaces(_waiters, _lock, time));
        _shared.Add(this);
    }

    /// <inheritdoc />
    public override TimeSpan? IdleDuration => null;

    /// <summary>True when a job would be let through at once, as far as it is known here.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_lock)
            {
                return _waiters.Count == 0 && _count.IsOpen(_limits);
            }
        }
    }

    /// <summary>False while anything is let through at once.</summary>
    public bool IsLimited
    {
        get
        {
            lock (_lock)
            {
                return _limits is not { RequestsPerMinute: null, JobsAtOnce: null };
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

    /// <inheritdoc cref="QueuePlaces.Of"/>
    public int PositionOf(QueueTurn turn) => _places.Of(turn);

    /// <inheritdoc cref="QueuePlaces.First"/>
    public IReadOnlyList<QueueTurn> First(int count) => _places.First(count);

    /// <summary>How long a place is waited for at about: by the limit by the minute, and by how long jobs took of late.</summary>
    /// <param name="position">The place, from 1.</param>
    /// <returns>Null while no job has ended that would show it.</returns>
    public TimeSpan? EstimateOf(int position)
    {
        lock (_lock)
        {
            var byMinute = _count.WaitOf(_limits, position - 1);
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
            _count.MakeRoom(null);
        }

        LetIn();
    }

    /// <summary>Takes a job in that runs already, whatever the limits allow: after a restart.</summary>
    /// <param name="id">The generation; null for something that has no id.</param>
    /// <param name="client">Whose it is.</param>
    public RateLimitLease Adopt(string? id = null, string client = "")
    {
        lock (_lock)
        {
            _kept.Take(client);
            return new JobLease(this, _count.Adopt(_limits, id), client);
        }
    }

    /// <summary>How long a new waiter would wait at least. A job's end is not known, so only the limit by the minute counts.</summary>
    /// <param name="priority">Its priority; lower ones do not count.</param>
    public TimeSpan WaitOfNext(int priority = 0)
    {
        lock (_lock)
        {
            return _count.WaitOf(_limits, _waiters.CountFrom(priority));
        }
    }

    /// <summary>Gives a turn its place without waiting for it: after a restart all who waited stand in line before the first is let in.</summary>
    public void Reserve(QueueTurn turn)
    {
        lock (_lock)
        {
            turn.Limiter = this;
            _waiters.Add(turn);
            Arm();
        }
    }

    /// <summary>Takes a place without waiting for one.</summary>
    /// <param name="id">The generation; null for something that has no id.</param>
    /// <param name="client">Whose it is.</param>
    /// <returns>A lease; one that is not acquired when there is no room, or others wait.</returns>
    public async ValueTask<RateLimitLease> TryEnterAsync(string? id, string client = "")
    {
        CountedSubmit counted;
        lock (_lock)
        {
            if (_waiters.Count > 0 || !_count.IsOpen(_limits) || !MayTake(client))
            {
                return Failed();
            }

            counted = _count.Add(_limits, id, runs: true);
        }

        if (await ConfirmAsync(counted) is not null)
        {
            lock (_lock)
            {
                _kept.Take(client);
            }

            // Whoever came meanwhile saw a place kept that is taken now.
            LetIn();
            return new JobLease(this, counted, client);
        }

        // Whoever came meanwhile saw the place taken.
        LetIn();
        return Failed();
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
                if (_waiters.Count >= _limits.MaxQueued && (_waiters.Count > 0 || !_count.IsOpen(_limits)))
                {
                    return new(Failed());
                }

                Reserve(turn);
            }
        }

        LetIn();
        return WaitAsync(turn, cancellationToken);
    }

    /// <summary>Counts a submit whose job is not followed to its end, such as one on a native route. It waits for nobody, and goes past nobody who waits.</summary>
    /// <returns>How many more may be sent within this minute (null when there was no room), and how long there is none at least; a job's end is not known.</returns>
    public async ValueTask<(int? Left, TimeSpan Wait)> CountAsync()
    {
        CountedSubmit? counted = null;
        lock (_lock)
        {
            if (_waiters.Count == 0 && _count.IsOpen(_limits))
            {
                counted = _count.Add(_limits, null, runs: false);
            }
        }

        var left = counted is null ? null : await ConfirmAsync(counted);
        if (counted is not null && left is null)
        {
            LetIn();
        }

        lock (_lock)
        {
            return (left, _count.WaitOf(_limits, _waiters.Count));
        }
    }

    /// <summary>Gives a turn up, also one that has come and was not taken.</summary>
    public void Leave(QueueTurn turn)
    {
        lock (_lock)
        {
            _waiters.Remove(turn);
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
                CurrentAvailablePermits = _count.IsOpen(_limits) ? 1 : 0,
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
            // What asks Redis cannot be done at once: a failure makes the caller use the asynchronous call.
            return !_shared.IsInForce && _waiters.Count == 0 && _count.IsOpen(_limits) && MayTake("") ? Taken(_count.Add(_limits, null, runs: true)) : Failed();
        }
    }

    /// <inheritdoc />
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken) =>
        AcquireAsync(new QueueTurn("", 0, _time.GetUtcNow()), cancellationToken);

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
        }

        turn.Come.TrySetCanceled(cancellationToken);
        LetIn();
    }

    private bool MayTake(string client) => _count.FreeOf(_limits) is not var (free, all) || _kept.MayTake(client, free, all);

    /// <summary>The job of a lease has ended, or another replica follows it.</summary>
    /// <param name="counted">What the lease stands for.</param>
    /// <param name="client">Whose it was.</param>
    /// <param name="isAbandoned">Whether another replica follows it, so that it counts for all as before.</param>
    internal void Release(CountedSubmit counted, string client, bool isAbandoned)
    {
        lock (_lock)
        {
            _kept.Leave(client);
            if (isAbandoned)
            {
                _count.Abandon(counted);
            }
            else
            {
                _count.End(_limits, counted);

                // The mean, in which the latest count most.
                var took = _time.GetElapsedTime(counted.At);
                _usualJob = _usualJob is { } usual ? usual + ((took - usual) / 8) : took;
            }
        }

        LetIn();
    }

    /// <summary>Has what was counted here counted over all replicas.</summary>
    /// <returns>How many more there is room for within this minute; null when there was none, and nothing is counted.</returns>
    private async ValueTask<int?> ConfirmAsync(CountedSubmit counted)
    {
        IReadOnlyList<SharedGate> gates;
        lock (_lock)
        {
            gates = _count.GatesOf(_limits, counted);
        }

        var verdict = await _shared.TakeAsync(gates);
        lock (_lock)
        {
            // Without the counts of all, those of this replica decide; its share may have become smaller.
            if (verdict.IsTaken || (verdict.IsAway && _count.IsWithin(_limits)))
            {
                _taken++;
                return _limits.RequestsPerMinute is not { } perMinute ? int.MaxValue
                    : verdict.IsTaken ? verdict.Left
                    : Math.Max(0, _shared.ShareOf(perMinute) - _count.Sent);
            }

            _count.Undo(counted);
            if (verdict.Full is { } full)
            {
                _count.Fill(gates[full], verdict.Wait);
            }

            return null;
        }
    }

    private void LetIn()
    {
        lock (_lock)
        {
            if (_isLettingIn)
            {
                _isAskedAgain = true;
                return;
            }

            _isLettingIn = true;
        }

        _ = LetInAsync();
    }

    /// <summary>Gives whoever is next a place, as long as there are any. One at a time, so that nobody is overtaken.</summary>
    private async Task LetInAsync()
    {
        while (true)
        {
            QueueTurn next;
            CountedSubmit counted;
            lock (_lock)
            {
                if (!_count.IsOpen(_limits) || _waiters.Next(_time.GetUtcNow(), MayTake) is not { } first)
                {
                    if (_isAskedAgain)
                    {
                        _isAskedAgain = false;
                        continue;
                    }

                    _isLettingIn = false;
                    Arm();
                    return;
                }

                (next, counted) = (first, _count.Add(_limits, first.Id, runs: true));
            }

            if (await ConfirmAsync(counted) is null)
            {
                continue;
            }

            JobLease lease;
            bool isThere;
            lock (_lock)
            {
                _kept.Take(next.Client);
                lease = new JobLease(this, counted, next.Client);
                isThere = _waiters.Serve(next);
                next.Granted = isThere ? lease : null;
            }

            if (!isThere || !next.Come.TrySetResult(lease))
            {
                lease.Dispose();
            }
        }
    }

    private void Arm()
    {
        // Where there is room and somebody waits all the same, the places are kept for others.
        if (_waiters.Count == 0 || (_count.UntilRoom(_limits) ?? (_count.IsOpen(_limits) ? _kept.UntilNext() : null)) is not { } wait)
        {
            return;
        }

        _timer ??= _time.CreateTimer(static limiter => ((ProviderLimiter)limiter!).LetIn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private JobLease Taken(CountedSubmit counted)
    {
        _taken++;
        _kept.Take("");
        return new JobLease(this, counted, "");
    }

    private JobLease Failed()
    {
        lock (_lock)
        {
            return JobLease.Failed(_count.WaitOf(_limits, _waiters.Count));
        }
    }

    /// <inheritdoc />
    IEnumerable<HeldPlace> ISharedHolder.Places()
    {
        lock (_lock)
        {
            return _limits.JobsAtOnce is null ? [] : _count.Places();
        }
    }

    /// <inheritdoc />
    IEnumerable<HeldPlace> ISharedHolder.Sent()
    {
        lock (_lock)
        {
            return _count.Submits();
        }
    }

    /// <inheritdoc />
    void ISharedHolder.RoomMade(string? key)
    {
        if (key is null || key == _count.JobsKey)
        {
            lock (_lock)
            {
                _count.MakeRoom(key);
            }

            LetIn();
        }
    }
}
