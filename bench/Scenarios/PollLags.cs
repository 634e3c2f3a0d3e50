using Framegate.Bench.Harness;

namespace Framegate.Bench.Scenarios;

/// <summary>How many polls were how late between two readings of <c>/metrics</c>, of one process or of several together.</summary>
internal sealed class PollLags
{
    private const string Metric = "framegate_poll_lag_seconds";

    /// <summary>How many polls were at most so late, by bound in seconds, ascending.</summary>
    private readonly List<(double Bound, double Count)> _lags;

    /// <summary>Subtracts the earlier readings from the later ones.</summary>
    public PollLags(IReadOnlyCollection<MetricsPage> before, IReadOnlyCollection<MetricsPage> after)
    {
        var earlier = Together(before);
        _lags = [.. Together(after).OrderBy(b => b.Key).Select(b => (b.Key, b.Value - earlier.GetValueOrDefault(b.Key)))];
    }

    /// <summary>All polls.</summary>
    public double Count => _lags.Count == 0 ? 0 : _lags[^1].Count;

    /// <summary>The share of polls that were sent at most so many seconds after they were due; not a number without a poll.</summary>
    public double Share(double bound) => _lags.Count == 0 ? double.NaN : _lags.Last(l => l.Bound <= bound).Count / Count;

    /// <summary>The upper bound of the latest poll's bucket, seconds; not a number without a poll.</summary>
    public double Latest => _lags.Count == 0 ? double.NaN : _lags.First(l => l.Count >= Count).Bound;

    private static Dictionary<double, double> Together(IReadOnlyCollection<MetricsPage> pages) =>
        pages.SelectMany(p => p.Buckets(Metric)).GroupBy(b => b.Key).ToDictionary(g => g.Key, g => g.Sum(b => b.Value));
}
