
namespace Framegate.Proxy.Engine.Open;

/// <summary>One paid job and everyone who waits for it: the generation that drives it, and those that joined.</summary>
/// <param name="leader">The generation that drives it.</param>
internal sealed class SharedJob(Generation leader)
{
    private readonly Lock _lock = new();
    private readonly List<Generation> _followers = [];
    private bool _closed;
    private bool _leaderLeft;

    /// <summary>The generation that drives the job.</summary>
    public Generation Leader => leader;

    /// <summary>What it can be joined by; the plan of its leader may be given up before the job is over.</summary>
    public string Key { get; } = leader.State.CachePlan!.Key;

    /// <summary>When the last of all callers stops waiting.</summary>
    public DateTimeOffset Deadline
    {
        get
        {
            lock (_lock)
            {
                var latest = leader.State.Deadline;
                foreach (var coalesced in _followers)
                {
                    latest = coalesced.State.Deadline > latest ? coalesced.State.Deadline : latest;
                }

                return latest;
            }
        }
    }

    /// <summary>Joins.</summary>
    /// <returns>False when the job is being cancelled.</returns>
    public bool TryJoin(Generation coalesced)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            if (!_followers.Contains(coalesced))
            {
                _followers.Add(coalesced);
            }

            return true;
        }
    }

    /// <summary>The leader's client cancels.</summary>
    /// <returns>True when others still wait, so that the job must go on.</returns>
    public bool DetachLeader()
    {
        lock (_lock)
        {
            _closed |= _followers.Count == 0;
            _leaderLeft = true;
            return _followers.Count > 0;
        }
    }

    /// <summary>A follower is done, or its client cancels.</summary>
    /// <returns>True when nobody waits any longer, so that the job must be cancelled.</returns>
    public bool Detach(Generation coalesced)
    {
        lock (_lock)
        {
            if (!_followers.Remove(coalesced) || !_leaderLeft || _followers.Count > 0)
            {
                return false;
            }

            _closed = true;
            return true;
        }
    }
}
