using Framegate.Plugins;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Poll;

/// <summary>What the polls of one job have returned so far.</summary>
internal sealed class PollProgress
{
    private DateTimeOffset? _missingSince;

    /// <summary>How many polls there were.</summary>
    public int Polls { get; private set; }

    /// <summary>How many requests they were; a redirect that was followed is one more.</summary>
    public int Requests { get; private set; }

    /// <summary>True once the caller has been notified that its time is over.</summary>
    public bool CallerIsNotified { get; set; }

    /// <summary>True once the provider was asked to cancel the job, and did not confirm that.</summary>
    public bool CancelWasInVain { get; set; }

    /// <summary>True when the last poll made the job another question, as where the result has an address of its own.</summary>
    public bool AsksElsewhere { get; private set; }

    /// <summary>Since when all answers have been of no use in the same way; null when the last one was of use.</summary>
    public PollTrouble? Trouble { get; private set; }

    /// <summary>Takes note of an answer.</summary>
    /// <param name="outcome">What it means.</param>
    /// <param name="now">The time.</param>
    /// <param name="status">Its HTTP status; 0 when none came.</param>
    /// <param name="requests">How many requests it took.</param>
    /// <param name="asksElsewhere">Whether the next poll asks something else.</param>
    public void Count(JobOutcome outcome, DateTimeOffset now, int status = 0, int requests = 1, bool asksElsewhere = false)
    {
        Polls++;
        Requests += requests;
        AsksElsewhere = asksElsewhere;
        _missingSince = outcome switch
        {
            JobOutcome.NotFound => _missingSince ?? now,
            JobOutcome.Unreadable => _missingSince,
            _ => null,
        };
        Trouble = outcome switch
        {
            JobOutcome.Unreadable { Failure: var failure } => PollTrouble.Of(Trouble, failure, status, now),
            JobOutcome.NotFound { Failure: var failure } => PollTrouble.Of(Trouble, failure, status, now),
            _ => null,
        };
    }

    /// <summary>For how long the provider has reported the job as unknown.</summary>
    public TimeSpan MissingFor(DateTimeOffset now) => _missingSince is { } since ? now - since : TimeSpan.Zero;
}
