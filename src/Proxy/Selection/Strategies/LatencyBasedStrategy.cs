namespace Framegate.Proxy.Selection.Strategies;

/// <summary>
/// The target whose jobs took the shortest time lately. A target that nobody knows is tried, once at a time. Every twentieth pick goes to
/// the one without a result for longest, so that a change is noticed.
/// </summary>
internal sealed class LatencyBasedStrategy : IRoutingStrategy
{
    private const uint ExploreEvery = 20;
    private const double LeastHealth = 0.05;

    public string Name => RoutingStrategies.LatencyBased;

    public int Pick(ReadOnlySpan<Target> targets, TargetGroup group)
    {
        int best = -1, least = -1;
        var bestRank = double.MaxValue;
        for (var i = 0; i < targets.Length; i++)
        {
            var target = targets[i];
            if (target.IsDrained)
            {
                continue;
            }

            if (target.Latency.TryStart())
            {
                return i;
            }

            least = least < 0 || target.Load.Open < targets[least].Load.Open ? i : least;
            var rank = RankOf(target, group);
            if (rank < bestRank)
            {
                (best, bestRank) = (i, rank);
            }
        }

        if (best < 0)
        {
            // Each is being tried for the first time: nothing is known yet.
            return least;
        }

        return group.Picks % ExploreEvery == 0 ? Oldest(targets, best) : best;
    }

    public double RankOf(Target target, TargetGroup group) => target.Latency.Milliseconds is { } known
        ? known / Math.Max(target.Health.Value, LeastHealth)
        : double.MaxValue;

    private static int Oldest(ReadOnlySpan<Target> targets, int best)
    {
        var oldest = -1;
        for (var i = 0; i < targets.Length; i++)
        {
            if (i != best && !targets[i].IsDrained && (oldest < 0 || targets[i].Latency.SampledAt < targets[oldest].Latency.SampledAt))
            {
                oldest = i;
            }
        }

        return oldest < 0 ? best : oldest;
    }
}
