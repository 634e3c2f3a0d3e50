namespace Framegate.Sandbox.Core;

/// <summary>A timeline that the client may cut short. Thread-safe.</summary>
internal sealed class CancellableTimeline(JobTimeline planned)
{
    private readonly Lock _lock = new();
    private volatile JobTimeline _current = planned;

    public JobTimeline Current => _current;

    /// <summary>Ends the job now unless it is done.</summary>
    /// <returns>Where it stood; <see cref="JobPhase.Done"/> means that nothing changed.</returns>
    public JobPhase Cancel(DateTimeOffset now)
    {
        lock (_lock)
        {
            var phase = _current.PhaseAt(now);
            if (phase != JobPhase.Done)
            {
                _current = _current with { Takes = now - _current.AcceptedAt, Ending = JobEnding.Cancelled };
            }

            return phase;
        }
    }
}
