namespace Framegate.Proxy.Selection.Strategies;

/// <summary>Picks one of several targets. It neither knows nor cares whether they are candidates of an alias or destinations of a cluster.</summary>
internal interface IRoutingStrategy
{
    /// <summary>Its name in the configuration.</summary>
    string Name { get; }

    /// <summary>Picks. Called by <see cref="TargetGroup"/> only, by one thread at a time for each group.</summary>
    /// <param name="targets">The targets that may be picked now.</param>
    /// <param name="group">What is remembered between two picks.</param>
    /// <returns>An index; -1 when all of them are drained.</returns>
    int Pick(ReadOnlySpan<Target> targets, TargetGroup group);

    /// <summary>Where a target stands in the order of preference at this moment; the lowest comes first.</summary>
    double RankOf(Target target, TargetGroup group);
}
