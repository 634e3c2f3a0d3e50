using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Strategies;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Routing.Strategies;

/// <summary>Targets to pick from.</summary>
internal sealed class Targets
{
    public FakeTimeProvider Time { get; } = new();

    public TargetGroup Group { get; } = new();

    public Target New(double weight = 1, int priority = 0)
    {
        var latency = new LatencyView(Time);
        return new Target(priority, weight, new LoadCounter(), latency, new HealthScore(Time, latency));
    }

    public Target[] Many(int count) => [.. Enumerable.Range(0, count).Select(_ => New())];

    /// <summary>Picks so many times.</summary>
    /// <returns>How often each was picked.</returns>
    public Dictionary<Target, int> Pick(IRoutingStrategy strategy, Target[] targets, int times)
    {
        var counts = targets.ToDictionary(t => t, _ => 0);
        for (var i = 0; i < times; i++)
        {
            counts[targets[Group.Pick(strategy, targets, hold: false)]]++;
        }

        return counts;
    }
}
