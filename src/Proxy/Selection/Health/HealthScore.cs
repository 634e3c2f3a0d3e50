namespace Framegate.Proxy.Selection.Health;

/// <summary>
/// How well a target is, 0 to 1: the share of calls that went well, less for 429s, less while its jobs take longer than they used to. What
/// happened a minute ago counts half.
/// </summary>
internal sealed class HealthScore(TimeProvider time, LatencyView? latency)
{
    private const double LimitedCost = 0.5;
    private static readonly double HalfLife = TimeSpan.FromMinutes(1).TotalSeconds;
    private readonly Lock _lock = new();
    private double _good;
    private double _bad;
    private double _limited;
    private long _at;
    private volatile bool _out;
    private volatile bool _spotless = true;

    /// <summary>True while nothing is sent there: the breaker is open, or the account is no good.</summary>
    public bool IsOut
    {
        get => _out;
        set => _out = value;
    }

    /// <summary>The score now.</summary>
    public double Value
    {
        get
        {
            if (_out)
            {
                return 0;
            }

            var speed = latency?.Speed ?? 1;
            if (_spotless)
            {
                return speed;
            }

            lock (_lock)
            {
                Fade();
                var success = (_good + 1) / (_good + _bad + 1);
                var pressure = _limited / (_good + _bad + _limited + 1);
                return success * (1 - (LimitedCost * pressure)) * speed;
            }
        }
    }

    /// <summary>A submit was accepted, or a job came to its result.</summary>
    public void Succeeded()
    {
        if (!_spotless)
        {
            Count(ref _good);
        }
    }

    /// <summary>The target failed.</summary>
    public void Failed() => Count(ref _bad);

    /// <summary>The target asked to slow down.</summary>
    public void Limited() => Count(ref _limited);

    private void Count(ref double counter)
    {
        lock (_lock)
        {
            Fade();
            counter++;
            _spotless = _bad + _limited < 0.01;
        }
    }

    private void Fade()
    {
        var now = time.GetTimestamp();
        var factor = Math.Exp(-Math.Log(2) * time.GetElapsedTime(_at, now).TotalSeconds / HalfLife);
        (_good, _bad, _limited, _at) = (_good * factor, _bad * factor, _limited * factor, now);
    }
}
