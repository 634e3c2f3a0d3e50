namespace Framegate.Proxy.Selection.Strategies;

/// <summary>One after the other. Exactly even, also among those that are left while targets come and go.</summary>
internal sealed class RoundRobinStrategy : IRoutingStrategy
{
    public string Name => RoutingStrategies.RoundRobin;

    public int Pick(ReadOnlySpan<Target> targets, TargetGroup group)
    {
        var best = -1;
        for (var i = 0; i < targets.Length; i++)
        {
            if (!targets[i].IsDrained && (best < 0 || group.TurnOf(targets[i]) < group.TurnOf(targets[best])))
            {
                best = i;
            }
        }

        return best;
    }

    public double RankOf(Target target) => target.Turn;
}
