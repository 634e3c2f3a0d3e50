namespace Framegate.Proxy.Selection.Strategies;

/// <summary>The names of the strategies, as in an alias's <c>Strategy</c> and a cluster's <c>LoadBalancingPolicy</c>.</summary>
internal static class RoutingStrategies
{
    public const string Priority = "Priority";
    public const string RoundRobin = "RoundRobin";
    public const string Weighted = "Weighted";
    public const string LeastLoaded = "LeastLoaded";
    public const string LatencyBased = "LatencyBased";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Priority, RoundRobin, Weighted, LeastLoaded, LatencyBased];
}
