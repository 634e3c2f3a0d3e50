namespace Framegate.Proxy.Selection.Strategies;

/// <summary>At random, in proportion to the weights; what is not well gets less than its share.</summary>
internal sealed class WeightedStrategy(Random random) : IRoutingStrategy
{
    private const double Least = 0.05;

    public string Name => RoutingStrategies.Weighted;

    public int Pick(ReadOnlySpan<Target> targets, TargetGroup group)
    {
        var sum = 0d;
        foreach (var target in targets)
        {
            sum += ShareOf(target);
        }

        var roll = random.NextDouble() * sum;
        var chosen = -1; // rounding: the last weighted target takes the rest
        for (var i = 0; i < targets.Length; i++)
        {
            var share = ShareOf(targets[i]);
            if (share <= 0)
            {
                continue;
            }

            chosen = i;
            if ((roll -= share) < 0)
            {
                break;
            }
        }

        return chosen;
    }

    public double RankOf(Target target, TargetGroup group) => -ShareOf(target);

    private static double ShareOf(Target target) => target.IsDrained ? 0 : target.Weight * Math.Max(target.Health.Value, Least);
}
