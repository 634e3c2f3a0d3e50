using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Selection.Health;

/// <summary>All that is known about one destination.</summary>
internal sealed class DestinationHealth
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _firstCheck = Done();
    private bool _drained;

    /// <summary>A destination that nothing is known about.</summary>
    /// <param name="cluster">Its cluster's id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="provider">The load of the whole provider, which this is a part of.</param>
    /// <param name="breaker">Makes its breaker.</param>
    /// <param name="time">The clock.</param>
    public DestinationHealth(string cluster, string id, ProviderHealth provider, Func<DestinationHealth, DestinationBreaker> breaker, TimeProvider time)
    {
        (Cluster, Id, Provider) = (cluster, id, provider);
        Latency = new LatencyView(time);
        Score = new HealthScore(time, Latency);
        Breaker = breaker(this);
    }

    /// <summary>Its cluster's id.</summary>
    public string Cluster { get; }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>The provider it belongs to.</summary>
    public ProviderHealth Provider { get; }

    /// <summary>Its open jobs.</summary>
    public LoadCounter Load { get; } = new();

    /// <summary>How long its jobs take.</summary>
    public LatencyView Latency { get; }

    /// <summary>How well it is.</summary>
    public HealthScore Score { get; }

    /// <summary>Its circuit breaker.</summary>
    public DestinationBreaker Breaker { get; }

    /// <summary>Why nothing is sent there until a probe succeeds: an empty account, or a refused key; null when that is not so.</summary>
    public ErrorCode? Suspended { get; private set; }

    /// <summary>True while an operator has it drained: it keeps its running jobs and gets no new ones. A restart forgets it.</summary>
    public bool Drained
    {
        get => Volatile.Read(ref _drained);
        set => Volatile.Write(ref _drained, value);
    }

    /// <summary>How often it was suspended since it accepted a submit.</summary>
    public int Suspensions { get; private set; }

    /// <summary>Ends when the probe that follows a first suspension at once has been answered. A later one is not worth waiting for.</summary>
    public Task FirstCheck => _firstCheck.Task;

    /// <summary>When the open breaker lets a submit through; null when it is not open, or nobody knows.</summary>
    public DateTimeOffset? OutUntil { get; set; }

    /// <summary>The word of another replica by which nothing is sent there now; null when that is not so.</summary>
    public BreakerHint? Hint { get; set; }

    /// <summary>True where it was suspended at the word of another replica.</summary>
    public bool SuspendedByHint { get; private set; }

    /// <summary>Active probes that failed in a row.</summary>
    public int FailedProbes { get; set; }

    /// <summary>Suspends it.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="byHint">Whether another replica reports it.</param>
    /// <returns>False when it is suspended already.</returns>
    public bool Suspend(ErrorCode reason, bool byHint = false)
    {
        lock (_lock)
        {
            if (Suspended is not null)
            {
                return false;
            }

            (Suspended, SuspendedByHint, Suspensions) = (reason, byHint, Suspensions + 1);
            _firstCheck = Suspensions == 1 ? new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) : Done();
            return true;
        }
    }

    /// <summary>A probe was answered, or will not be.</summary>
    public void Checked() => _firstCheck.TrySetResult();

    /// <summary>A probe has succeeded.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            Suspended = null;
        }
    }

    /// <summary>A submit was accepted.</summary>
    public void Accepted()
    {
        if (Suspensions != 0)
        {
            lock (_lock)
            {
                Suspensions = 0;
            }
        }

        Score.Succeeded();
        Provider.Score.Succeeded();
    }

    private static TaskCompletionSource Done()
    {
        var done = new TaskCompletionSource();
        done.SetResult();
        return done;
    }
}
