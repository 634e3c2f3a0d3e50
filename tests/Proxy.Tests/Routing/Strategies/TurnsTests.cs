using CsCheck;
using Framegate.Proxy.Selection.Strategies;

namespace Framegate.Proxy.Tests.Routing.Strategies;

/// <summary>Those that are equal take turns, whatever comes, goes, is drained or comes back. Nobody makes up for turns that were missed.</summary>
public sealed class TurnsTests
{
    private readonly Targets _targets = new();

    /// <summary>The strategies by which equal targets take turns.</summary>
    public static TheoryData<string> TurnTakers => [RoutingStrategies.RoundRobin, RoutingStrategies.Priority, RoutingStrategies.LeastLoaded];

    [Theory]
    [MemberData(nameof(TurnTakers))]
    public void Pick_OneIsAdded_SharesEvenlyFromThenOn(string name)
    {
        var strategy = StrategyOf(name);
        var two = _targets.Many(2);
        _targets.Pick(strategy, two, 1001);

        var counts = _targets.Pick(strategy, [.. two, _targets.New()], 12);

        Assert.All(counts.Values, c => Assert.InRange(c, 3, 5));
    }

    [Theory]
    [MemberData(nameof(TurnTakers))]
    public void Pick_OneWasDrainedByAReload_SharesEvenlyOnceItIsBack(string name)
    {
        var strategy = StrategyOf(name);
        var (kept, back) = (_targets.New(), _targets.New());
        _targets.Pick(strategy, [kept, back], 10);
        _targets.Pick(strategy, [kept, _targets.New(weight: 0)], 1000);

        var counts = _targets.Pick(strategy, [kept, back], 10);

        Assert.All(counts.Values, c => Assert.Equal(5, c));
    }

    [Theory]
    [MemberData(nameof(TurnTakers))]
    public void Pick_ATargetOfTwoGroups_TakesTurnsInEach(string name)
    {
        var strategy = StrategyOf(name);
        var (shared, first, second) = (_targets.New(), _targets.New(), _targets.New());
        var other = new TargetGroup();
        for (var i = 0; i < 500; i++)
        {
            other.Pick(strategy, [shared, second], hold: false);
        }

        var counts = _targets.Pick(strategy, [shared, first], 10);

        Assert.All(counts.Values, c => Assert.Equal(5, c));
    }

    [Theory]
    [MemberData(nameof(TurnTakers))]
    public void Pick_TargetsComeAndGo_NoneIsPickedMoreThanOnceAheadOfAnother(string name) =>
        Gen.Select(Gen.Int[1, 7].Array[1, 12], Gen.Int[0, 40]).Sample((sets, rounds) =>
        {
            var strategy = StrategyOf(name);
            var targets = new Targets();
            var all = targets.Many(3);
            foreach (var set in sets)
            {
                // Bits of the number: who is there until the next reload.
                Target[] there = [.. all.Where((_, i) => (set & (1 << i)) != 0)];
                var counts = targets.Pick(strategy, there, rounds);
                Assert.InRange(counts.Values.Max() - counts.Values.Min(), 0, 2);
            }
        });

    [Fact]
    public void Pick_TargetsAreReplacedForEver_KeepsNoTurnsOfThoseGone()
    {
        var strategy = new RoundRobinStrategy();
        var gone = Forget(strategy);

        GC.Collect();

        Assert.InRange(gone.Count(g => g.TryGetTarget(out _)), 0, 40);
    }

    private List<WeakReference<Target>> Forget(RoundRobinStrategy strategy)
    {
        var gone = new List<WeakReference<Target>>();
        for (var i = 0; i < 1000; i++)
        {
            var targets = _targets.Many(2);
            _targets.Pick(strategy, targets, 3);
            gone.AddRange(targets.Select(t => new WeakReference<Target>(t)));
        }

        return gone;
    }

    private static IRoutingStrategy StrategyOf(string name) => name switch
    {
        RoutingStrategies.RoundRobin => new RoundRobinStrategy(),
        RoutingStrategies.Priority => new PriorityStrategy(),
        _ => new LeastLoadedStrategy(),
    };
}
