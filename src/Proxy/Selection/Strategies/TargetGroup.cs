namespace Framegate.Proxy.Selection.Strategies;

/// <summary>
/// Targets that are picked from together: whose turn is next, and the lock that makes picking exact. Turns belong to the group, since a target
/// may be in several, and the group outlives a reload. A target that is new here, or comes back, takes its turn now and makes up for nothing.
/// </summary>
internal sealed class TargetGroup
{
    private const int SpareTurns = 16;
    private readonly Lock _lock = new();
    private readonly Dictionary<Target, long> _turns = new(ReferenceEqualityComparer.Instance);
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
                TakeTurn(targets[index], targets.Length);
                if (hold)
                {
                    targets[index].Load.Add();
                }
            }

            return index;
        }
    }

    /// <summary>When a target's turn is, in picks of the group. Only for a strategy that picks.</summary>
    public long TurnOf(Target target) => _turns.TryGetValue(target, out var turn) ? Math.Max(turn, _now) : _now;

    /// <summary>How many picks a target lets pass before its turn.</summary>
    public long Wait(Target target)
    {
        lock (_lock)
        {
            return TurnOf(target) - _now;
        }
    }

    private void TakeTurn(Target picked, int among)
    {
        _now = TurnOf(picked);
        _turns[picked] = _now + 1;
        if (_turns.Count > among + SpareTurns)
        {
            // What is left of targets that are gone. A turn that is due is the same as none.
            foreach (var (target, turn) in _turns)
            {
                if (turn <= _now)
                {
                    _turns.Remove(target);
                }
            }
        }
    }
}
