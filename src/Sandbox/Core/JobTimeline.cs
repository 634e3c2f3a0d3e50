namespace Framegate.Sandbox.Core;

/// <summary>A job's whole life, fixed when it is accepted; its state is computed from the clock when somebody asks.</summary>
internal sealed record JobTimeline(DateTimeOffset AcceptedAt, TimeSpan Takes, JobEnding Ending)
{
    /// <summary>Part of the job's time that it waits before it runs.</summary>
    private const double QueuedShare = 0.1;

    public DateTimeOffset StartsAt => AcceptedAt + (Takes * QueuedShare);

    public DateTimeOffset DoneAt => AcceptedAt + Takes;

    public static JobTimeline Begin(DateTimeOffset now, MagicPrompt magic, TimeSpan normally) =>
        new(now, magic.Takes ?? normally, magic.Ending);

    public JobPhase PhaseAt(DateTimeOffset now) =>
        now >= DoneAt ? JobPhase.Done : now >= StartsAt ? JobPhase.Running : JobPhase.Queued;

    public bool SucceededBy(DateTimeOffset now) => Ending == JobEnding.Success && now >= DoneAt;

    /// <summary>0 while queued, then up to 1 when done.</summary>
    public double ProgressAt(DateTimeOffset now) => PhaseAt(now) switch
    {
        JobPhase.Queued => 0,
        JobPhase.Done => 1,
        _ => (now - StartsAt) / (DoneAt - StartsAt),
    };
}
