using Framegate.Proxy.Selection.Health;

namespace Framegate.Proxy.Selection.Strategies;

/// <summary>Something that a strategy can pick.</summary>
/// <param name="priority">The lowest is first.</param>
/// <param name="weight">Its share; 0 drains it: it keeps its running jobs and gets no new ones.</param>
/// <param name="load">The jobs open there.</param>
/// <param name="latency">How long its jobs take.</param>
/// <param name="health">How well it is.</param>
internal sealed class Target(int priority, double weight, LoadCounter load, LatencyView latency, HealthScore health)
{
    /// <summary>The lowest is first.</summary>
    public int Priority { get; } = priority;

    /// <summary>Its share; 0 drains it.</summary>
    public double Weight { get; } = weight;

    /// <summary>True when it gets no new jobs.</summary>
    public bool IsDrained => Weight <= 0;

    /// <summary>The jobs open there.</summary>
    public LoadCounter Load { get; } = load;

    /// <summary>How long its jobs take.</summary>
    public LatencyView Latency { get; } = latency;

    /// <summary>How well it is.</summary>
    public HealthScore Health { get; } = health;
}
