using Framegate.Proxy.Selection.Strategies;

namespace Framegate.Proxy.Tests.Routing.Strategies;

/// <summary>Each strategy does what its name says, over 10,000 picks.</summary>
public sealed class DistributionTests
{
    private const int Picks = 10_000;
    private readonly Targets _targets = new();

    [Fact]
    public void Weighted_ManyPicks_FollowsTheWeightsWithinTwoPercent()
    {
        Target[] targets = [_targets.New(weight: 70), _targets.New(weight: 25), _targets.New(weight: 5), _targets.New(weight: 0)];

        var counts = _targets.Pick(new WeightedStrategy(new Random(7)), targets, Picks);

        foreach (var target in targets)
        {
            Assert.InRange(counts[target] / (double)Picks, (target.Weight / 100) - 0.02, (target.Weight / 100) + 0.02);
        }

        Assert.Equal(0, counts[targets[3]]);
    }

    [Fact]
    public void Weighted_TargetsComeAndGo_FollowsTheWeightsOfThoseThatAreThere()
    {
        var strategy = new WeightedStrategy(new Random(7));
        Target[] all = [_targets.New(weight: 3), _targets.New(weight: 1), _targets.New(weight: 6)];

        _targets.Pick(strategy, all, Picks);
        var two = _targets.Pick(strategy, all[..2], Picks);
        var back = _targets.Pick(strategy, all, Picks);

        Assert.InRange(two[all[0]] / (double)Picks, 0.73, 0.77);
        Assert.InRange(back[all[2]] / (double)Picks, 0.58, 0.62);
    }

    [Fact]
    public void RoundRobin_ManyThreads_IsExactlyEven()
    {
        var strategy = new RoundRobinStrategy();
        var targets = _targets.Many(8);
        var counts = new int[targets.Length];

        Parallel.For(0, Picks, _ => Interlocked.Increment(ref counts[_targets.Group.Pick(strategy, targets, hold: false)]));

        Assert.All(counts, c => Assert.Equal(Picks / targets.Length, c));
    }

    [Fact]
    public void RoundRobin_OneWasAway_DoesNotCatchUp()
    {
        var strategy = new RoundRobinStrategy();
        var all = _targets.Many(3);

        _targets.Pick(strategy, all, 300);
        var without = _targets.Pick(strategy, all[..2], 1000);
        var back = _targets.Pick(strategy, all, 300);

        Assert.Equal(500, without[all[0]]);
        Assert.All(back.Values, c => Assert.Equal(100, c));
    }

    [Fact]
    public void Priority_AllAreWell_TakesTheLowestNumber()
    {
        Target[] targets = [_targets.New(priority: 2), _targets.New(priority: 1), _targets.New(priority: 1), _targets.New(weight: 0)];

        var counts = _targets.Pick(new PriorityStrategy(), targets, Picks);

        Assert.Equal([0, Picks / 2, Picks / 2, 0], targets.Select(t => counts[t]));
    }

    [Fact]
    public void Priority_FirstIsDying_TakesTheNextUntilItIsWell()
    {
        Target[] targets = [_targets.New(priority: 1), _targets.New(priority: 2)];
        for (var i = 0; i < 20; i++)
        {
            targets[0].Health.Failed();
        }

        Assert.Equal(Picks, _targets.Pick(new PriorityStrategy(), targets, Picks)[targets[1]]);

        _targets.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(Picks, _targets.Pick(new PriorityStrategy(), targets, Picks)[targets[0]]);
    }

    [Fact]
    public void LeastLoaded_JobsComeAndGo_AreNeverMoreThanOneApart()
    {
        var strategy = new LeastLoadedStrategy();
        var targets = _targets.Many(5);
        var random = new Random(3);
        for (var i = 0; i < Picks; i++)
        {
            _targets.Group.Pick(strategy, targets, hold: true);
            Assert.InRange(targets.Max(t => t.Load.Open) - targets.Min(t => t.Load.Open), 0, 1);
            if (random.NextDouble() < 0.4)
            {
                targets.MaxBy(t => t.Load.Open)!.Load.Remove();
            }
        }
    }

    [Fact]
    public void LeastLoaded_ManyThreads_AreNeverMoreThanOneApart()
    {
        var targets = _targets.Many(7);

        Parallel.For(0, Picks, _ => _targets.Group.Pick(new LeastLoadedStrategy(), targets, hold: true));

        Assert.Equal(Picks, targets.Sum(t => t.Load.Open));
        Assert.InRange(targets.Max(t => t.Load.Open) - targets.Min(t => t.Load.Open), 0, 1);
    }

    [Fact]
    public void LeastLoaded_NewTarget_IsFilledUpFirst()
    {
        var strategy = new LeastLoadedStrategy();
        var all = _targets.Many(3);
        for (var i = 0; i < 100; i++)
        {
            _targets.Group.Pick(strategy, all.AsSpan(0, 2), hold: true);
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(2, _targets.Group.Pick(strategy, all, hold: true));
        }
    }
}
