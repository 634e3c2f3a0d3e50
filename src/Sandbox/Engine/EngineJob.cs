using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Engine;

/// <summary>An accepted job.</summary>
/// <param name="Id">The provider's id.</param>
/// <param name="Order">What was asked for.</param>
/// <param name="Magic">What its prompt does to it.</param>
/// <param name="Clock">When it runs and how it ends.</param>
/// <param name="Seed">Decides the picture.</param>
internal sealed record EngineJob(string Id, Order Order, MagicPrompt Magic, CancellableTimeline Clock, int Seed) : IStandInJob
{
    public string Prompt => Order.Prompt;

    public JobTimeline Timeline => Clock.Current;

    /// <summary>How many of its files fall to the content filter.</summary>
    public int Filtered => Math.Min(Magic.Filtered, Order.Pieces.Count);

    public JobState StateAt(DateTimeOffset now) => Timeline.PhaseAt(now) switch
    {
        JobPhase.Queued => JobState.Queued,
        JobPhase.Running => JobState.Running,
        _ => Ended(),
    };

    private JobState Ended() =>
        Timeline.Ending == JobEnding.Cancelled ? JobState.Cancelled
        : Magic.Expires || Timeline.Takes >= Order.Deadline ? JobState.TimedOut
        : Timeline.Ending switch
        {
            JobEnding.Moderated => JobState.Moderated,
            JobEnding.Error => JobState.Failed,
            _ => JobState.Succeeded,
        };
}
