using System.Globalization;
using System.Runtime.CompilerServices;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Strategies;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>The destinations of clusters as targets. A destination's model is replaced when its configuration changes, and its target with it.</summary>
internal sealed class DestinationTargets(HealthRegistry registry)
{
    /// <summary>The metadata of a destination that holds its weight. Default 1; 0 drains it.</summary>
    public const string Weight = "Weight";

    /// <summary>The metadata of a destination that holds its priority; the lowest is first. Default 0.</summary>
    public const string Priority = "Priority";

    private readonly ConditionalWeakTable<DestinationModel, Target> _targets = [];
    private readonly ConditionalWeakTable<ClusterState, TargetGroup> _groups = [];

    /// <summary>A destination as a target.</summary>
    public Target For(string cluster, DestinationState destination) =>
        _targets.TryGetValue(destination.Model, out var known) ? known : _targets.GetValue(destination.Model, model => New(cluster, destination.DestinationId, model));

    /// <summary>The group of a cluster's destinations.</summary>
    public TargetGroup GroupOf(ClusterState cluster) => _groups.GetValue(cluster, static _ => new TargetGroup());

    /// <summary>Reads a weight.</summary>
    public static bool TryReadWeight(string text, out double weight) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out weight) && weight is >= 0 and <= 1_000_000;

    /// <summary>Reads a priority.</summary>
    public static bool TryReadPriority(string text, out int priority) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out priority);

    private Target New(string cluster, string id, DestinationModel model)
    {
        var health = registry.For(cluster, id);
        var metadata = model.Config.Metadata;
        return new Target(
            metadata?.GetValueOrDefault(Priority) is { } p && TryReadPriority(p, out var priority) ? priority : 0,
            metadata?.GetValueOrDefault(Weight) is { } w && TryReadWeight(w, out var weight) ? weight : 1,
            health.Load,
            health.Latency,
            health.Score);
    }
}
