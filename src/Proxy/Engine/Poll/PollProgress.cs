using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Poll;

/// <summary>What the polls of one job have said so far.</summary>
internal sealed class PollProgress
{
    private DateTimeOffset? _missingSince;

    /// <summary>How many polls there were.</summary>
    public int Polls { get; private set; }

    /// <summary>How many answers in a row said nothing.</summary>
    public int Unreadable { get; private set; }

    /// <summary>True once an answer has said something about the job.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>Takes note of an answer.</summary>
    public void Count(JobOutcome outcome, DateTimeOffset now)
    {
        Polls++;
        IsAnswered |= outcome is not JobOutcome.Unreadable;
        Unreadable = outcome is JobOutcome.Unreadable ? Unreadable + 1 : 0;
        _missingSince = outcome switch
        {
            JobOutcome.NotFound => _missingSince ?? now,
            JobOutcome.Unreadable => _missingSince,
            _ => null,
        };
    }

    /// <summary>For how long the provider has said that it does not know the job.</summary>
    public TimeSpan MissingFor(DateTimeOffset now) => _missingSince is { } since ? now - since : TimeSpan.Zero;
}
