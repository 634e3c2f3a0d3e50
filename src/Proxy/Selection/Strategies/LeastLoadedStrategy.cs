namespace Framegate.Proxy.Selection.Strategies;

/// <summary>The target with the fewest open jobs for its weight. A job counts until it has ended, not only while a call is on its way.</summary>
internal sealed class LeastLoadedStrategy : IRoutingStrategy
{
    public string Name => RoutingStrategies.LeastLoaded;

    public int Pick(ReadOnlySpan<Target> targets, TargetGroup group)
    {
        var best = -1;
        (double Load, long Turn) bestKey = default;
        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i].IsDrained)
            {
                continue;
            }

            var key = (RankOf(targets[i], group), group.TurnOf(targets[i]));
            if (best < 0 || key.CompareTo(bestKey) < 0)
            {
                (best, bestKey) = (i, key);
            }
        }

        return best;
    }

    public double RankOf(Target target, TargetGroup group) => target.IsDrained ? double.MaxValue : (target.Load.Open + 1) / target.Weight;
}
