namespace Framegate.Proxy.Selection.Strategies;

/// <summary>One after the other. Exactly even, also among those that are left while targets come and go.</summary>
internal sealed class RoundRobinStrategy : IRoutingStrategy
{
    public string Name => RoutingStrategies.RoundRobin;

    public int Pick(ReadOnlySpan<Target> targets, TargetGroup group)
    {
        var best = -1;
        var bestTurn = 0L;
        for (var i = 0; i < targets.Length; i++)
        {
            if (!targets[i].IsDrained && group.TurnOf(targets[i]) is var turn && (best < 0 || turn < bestTurn))
            {
                (best, bestTurn) = (i, turn);
            }
        }

        return best;
    }

    public double RankOf(Target target, TargetGroup group) => group.Wait(target);
}
