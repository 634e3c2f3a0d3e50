using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Poll;

/// <summary>
/// Decides after every poll, for every adapter: only a final word of the provider about this very job ends it, or the end of the time. The rows are
/// the table "After a poll" of docs/reliability.md, from top to bottom.
/// </summary>
internal static class PollPolicy
{
    /// <summary>The longest pause that is made, whatever a provider asks for and however late it is.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>The least time on average between two requests about a job.</summary>
    public static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    // So many requests may be ahead of the average: quick pictures are ready at the first or the second poll.
    private const int Ahead = 2;

    private const int PaceFactorWithCalls = 6;
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromSeconds(2);

    // In the late window nobody waits: the pause grows to this part of the lateness.
    private const double LatePart = 0.1;

    /// <summary>What follows.</summary>
    /// <param name="outcome">What the poll returned.</param>
    /// <param name="progress">What the polls have returned so far, this one included.</param>
    /// <param name="times">The times.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="pace">Its pace.</param>
    /// <param name="grace">How long a provider may report the job as unknown.</param>
    public static PollDecision Decide(
        JobOutcome outcome, PollProgress progress, PollTimes times, ProviderAdapter adapter, PollPace pace, TimeSpan grace) => (outcome, times.Now) switch
        {
            (JobOutcome.Succeeded, _) => new(PollStep.Deliver),
            (JobOutcome.Failed { Failure: var failure }, _) => new(PollStep.Fail, Failure: failure),
            (JobOutcome.NotFound { Failure: var failure }, var now) when progress.MissingFor(now) >= grace => new(PollStep.Fail, Failure: failure),
            (_, var now) when now >= times.JobsDeadline && adapter.CancelsAtDeadline && !progress.CancelWasInVain => new(PollStep.Cancel),
            (_, var now) when now >= times.LateUntil => new(PollStep.GiveUp),
            (_, var now) when now >= times.CallersDeadline && !progress.CallerIsNotified => new(PollStep.NotifyCaller, PauseAfter(outcome, progress, times, pace)),
            _ => new(PollStep.AskAgain, PauseAfter(outcome, progress, times, pace)),
        };

    /// <summary>When the next poll is due at the latest: nobody is answered that the time is over before the job was asked about once more.</summary>
    public static DateTimeOffset NextLook(DateTimeOffset due, PollProgress progress, PollTimes times, bool cancelsAtDeadline)
    {
        var end = cancelsAtDeadline && !progress.CancelWasInVain ? times.JobsDeadline : times.LateUntil;
        var look = progress.CallerIsNotified || times.CallersDeadline > end ? end : times.CallersDeadline;

        // A caller that waits to the last can still be given what is found a moment before. A job that will be cancelled is asked about right before that.
        look = !cancelsAtDeadline && times.Now < look - BeforeTheEnd ? look - BeforeTheEnd : look;
        return look < due ? look : due;
    }

    /// <summary>Before then there is no other request about the job, also when its provider calls: a request a second on average.</summary>
    public static DateTimeOffset Soonest(PollProgress progress, PollTimes times) => times.Start + (LeastInterval * (progress.Requests - Ahead));

    /// <summary>The pace where the provider has been asked to call: slower, since polls only catch what a call has missed.</summary>
    public static PollPace PaceWithCalls(PollPace pace) => new(pace.Longest, Shorter(pace.Longest * PaceFactorWithCalls, LongestPause), pace.Growth);

    /// <summary>The pause: the adapter's pace, or what the provider asks for where that is longer, up to a cap; and never more than a request a second on average.</summary>
    private static TimeSpan PauseAfter(JobOutcome outcome, PollProgress progress, PollTimes times, PollPace pace)
    {
        var asked = outcome switch
        {
            JobOutcome.Running running => running.PollAfter,
            JobOutcome.Unreadable { Failure: var failure } => failure.RetryAfter,
            JobOutcome.NotFound { Failure: var failure } => failure.RetryAfter,
            _ => null,
        };
        var lateSince = times.CallersDeadline > times.Start ? times.CallersDeadline : times.Start;
        var late = Shorter((times.Now - lateSince) * LatePart, LongestPause);
        var pause = asked == TimeSpan.Zero && progress.AsksElsewhere
            ? TimeSpan.Zero
            : Longer(pace.Before(progress.Polls), Longer(late, Shorter(asked ?? TimeSpan.Zero, LongestPause)));
        return Longer(pause, Soonest(progress, times) - times.Now);
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
