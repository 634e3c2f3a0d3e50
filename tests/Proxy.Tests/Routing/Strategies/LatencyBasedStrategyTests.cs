using Framegate.Proxy.Selection.Strategies;

namespace Framegate.Proxy.Tests.Routing.Strategies;

public sealed class LatencyBasedStrategyTests
{
    private readonly Targets _targets = new();
    private readonly LatencyBasedStrategy _strategy = new();

    [Fact]
    public void Pick_OneIsFaster_GetsOverFourFifths()
    {
        var targets = _targets.Many(3);

        var counts = Run(targets, 10_000, [100, 20, 60]);

        Assert.InRange(counts[1] / 10_000d, 0.8, 0.98);
        Assert.All(counts, c => Assert.InRange(c, 1, 10_000));
    }

    [Fact]
    public void Pick_FastAndSlowSwap_IsNoticedWithinFiftyRequests()
    {
        var targets = _targets.Many(2);
        Run(targets, 500, [10, 100]);

        Run(targets, 50, [100, 10]);

        Assert.InRange(Run(targets, 1000, [100, 10])[1], 900, 1000);
    }

    [Fact]
    public void Pick_NobodyKnowsOne_IsTriedOnceUntilItHasAnswered()
    {
        var targets = _targets.Many(2);
        targets[0].Latency.Add(TimeSpan.FromMilliseconds(50));

        Assert.Equal(1, Pick(targets));
        Assert.Equal([0, 0, 0, 0, 0], Enumerable.Range(0, 5).Select(_ => Pick(targets)));

        // It never answered: it gets another chance, and not a flood.
        _targets.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(1, Pick(targets));
        Assert.Equal(0, Pick(targets));
    }

    [Fact]
    public void Pick_ViewIsStale_IsTriedAgain()
    {
        var targets = _targets.Many(2);
        Run(targets, 100, [10, 1000]);

        _targets.Time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal([0, 1], new[] { Pick(targets), Pick(targets) }.Order());
    }

    [Fact]
    public void Pick_FastOneFails_IsPassedOver()
    {
        var targets = _targets.Many(2);
        Run(targets, 100, [10, 40]);
        for (var i = 0; i < 300; i++)
        {
            targets[0].Health.Failed();
        }

        Assert.InRange(Run(targets, 1000, [10, 40])[1], 900, 1000);
    }

    [Fact]
    public void Pick_TargetsComeAndGo_StaysWithTheFastestThatIsThere()
    {
        var targets = _targets.Many(3);
        Run(targets, 500, [10, 20, 30]);

        Assert.InRange(Run(targets[1..], 1000, [20, 30])[0], 900, 1000);
        Assert.InRange(Run(targets, 1000, [10, 20, 30])[0], 900, 1000);
    }

    [Fact]
    public void Pick_WeightIsZero_IsNeverTaken() => Assert.Equal(-1, Pick([_targets.New(weight: 0)]));

    private int Pick(Target[] targets) => _targets.Group.Pick(_strategy, targets, hold: false);

    private int[] Run(Target[] targets, int times, int[] milliseconds)
    {
        var counts = new int[targets.Length];
        for (var i = 0; i < times; i++)
        {
            var picked = Pick(targets);
            counts[picked]++;
            targets[picked].Latency.Add(TimeSpan.FromMilliseconds(milliseconds[picked]));
        }

        return counts;
    }
}
