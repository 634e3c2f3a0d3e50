namespace Framegate.Proxy.Selection.Strategies;

/// <summary>The target with the lowest priority number; those with the same number take turns. One that is all but dead is passed over.</summary>
internal sealed class PriorityStrategy : IRoutingStrategy
{
    private const double Dying = 0.1;

    public string Name => RoutingStrategies.Priority;

    public int Pick(ReadOnlySpan<Target> targets, TargetGroup group)
    {
        var best = -1;
        (bool Dying, int Priority, long Turn) bestKey = default;
        for (var i = 0; i < targets.Length; i++)
        {
            var target = targets[i];
            if (target.IsDrained)
            {
                continue;
            }

            var key = (target.Health.Value < Dying, target.Priority, group.TurnOf(target));
            if (best < 0 || key.CompareTo(bestKey) < 0)
            {
                (best, bestKey) = (i, key);
            }
        }

        return best;
    }

    public double RankOf(Target target, TargetGroup group) => target.Priority;
}
