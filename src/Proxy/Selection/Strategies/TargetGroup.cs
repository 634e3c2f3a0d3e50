namespace Framegate.Proxy.Selection.Strategies;

/// <summary>Targets that are picked from together: what is remembered between two picks, and the lock that makes picking exact.</summary>
internal sealed class TargetGroup
{
    private readonly Lock _lock = new();
    private long _now;

    /// <summary>How many picks there were.</summary>
    public uint Picks { get; private set; }

    /// <summary>Picks one.</summary>
    /// <param name="strategy">Who picks.</param>
    /// <param name="targets">The targets that may be picked now.</param>
    /// <param name="hold">True to count a job at the pick at once, so that the next pick sees it; the caller takes it off again.</param>
    /// <returns>Its index; -1 when there is none, or all are drained.</returns>
    public int Pick(IRoutingStrategy strategy, ReadOnlySpan<Target> targets, bool hold)
    {
        lock (_lock)
        {
            Picks++;
            var index = targets.Length == 0 ? -1 : strategy.Pick(targets, this);
            if (index >= 0)
            {
                var picked = targets[index];
                _now = TurnOf(picked);
                picked.Turn = _now + 1;
                if (hold)
                {
                    picked.Load.Add();
                }
            }

            return index;
        }
    }

    /// <summary>When a target's turn is. One that was away does not catch up on the turns it has missed.</summary>
    public long TurnOf(Target target) => Math.Max(target.Turn, _now);
}
