using System.Text.Json.Serialization;

namespace Framegate.Proxy.Selection.Health;

/// <summary>How long jobs took lately, from the submit to the result: a mean in which the newest counts most. It is forgotten when nothing new comes.</summary>
internal sealed class LatencyView(TimeProvider time)
{
    private const double NewestShare = 0.3;
    private const double UsualShare = 0.02;
    private const double SlowFrom = 2;
    private static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private const int MostKept = 256;
    private readonly Lock _lock = new();
    private readonly Queue<(long At, double Milliseconds)> _kept = new();
    private double _recent;
    private double _usual;
    private long _sampledAt;
    private long _triedAt;
    private bool _sampled;
    private bool _tried;

    /// <summary>The mean; null when nothing is known, or what is known is too old.</summary>
    public double? Milliseconds => _sampled && time.GetElapsedTime(_sampledAt) < StaleAfter ? _recent : null;

    /// <summary>The timestamp of the last sample.</summary>
    public long SampledAt => _sampled ? Volatile.Read(ref _sampledAt) : long.MinValue;

    /// <summary>1 while jobs take about as long as they always did, towards 0 the longer they take.</summary>
    public double Speed => Milliseconds is { } recent && recent > _usual * SlowFrom ? _usual * SlowFrom / recent : 1;

    /// <summary>Takes note of a job.</summary>
    public void Add(TimeSpan took)
    {
        var milliseconds = Math.Max(took.TotalMilliseconds, 0.001);
        lock (_lock)
        {
            var known = _sampled && time.GetElapsedTime(_sampledAt) < StaleAfter;
            _recent = known ? _recent + (NewestShare * (milliseconds - _recent)) : milliseconds;
            _usual = _sampled ? _usual + (UsualShare * (milliseconds - _usual)) : milliseconds;
            Volatile.Write(ref _sampledAt, time.GetTimestamp());
            _sampled = true;
            _tried = false;
            if (_kept.Count == MostKept)
            {
                _kept.Dequeue();
            }

            _kept.Enqueue((_sampledAt, milliseconds));
        }
    }

    /// <summary>How the jobs of the last hour, 256 at most, went that came to their end; null when there were none.</summary>
    public LastHour? LastHour()
    {
        double[] took;
        lock (_lock)
        {
            while (_kept.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) > Hour)
            {
                _kept.Dequeue();
            }

            took = [.. _kept.Select(k => k.Milliseconds)];
        }

        Array.Sort(took);
        return took.Length == 0 ? null : new LastHour(took.Length, At(0.5), At(0.9));

        double At(double share) => Math.Round(took[(int)Math.Ceiling(share * took.Length) - 1]);
    }

    /// <summary>Claims the next try of a target that nothing is known about, so that not everybody waits for the first answer of the same one.</summary>
    /// <returns>False when something is known, or another try is under way.</returns>
    public bool TryStart()
    {
        if (Milliseconds is not null)
        {
            return false;
        }

        lock (_lock)
        {
            if (_tried && time.GetElapsedTime(_triedAt) < PauseBetweenTries)
            {
                return false;
            }

            (_tried, _triedAt) = (true, time.GetTimestamp());
            return true;
        }
    }
}

/// <summary>The jobs of the last hour.</summary>
/// <param name="Done">How many; 256 at most. Null for those who may not see it.</param>
/// <param name="P50Ms">Half of them took no longer, milliseconds.</param>
/// <param name="P90Ms">Nine of ten took no longer, milliseconds.</param>
internal sealed record LastHour([property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Done, double P50Ms, double P90Ms);
