namespace Framegate.Proxy.Engine.Open;

/// <summary>A submit that this process has sent: when, by the machine's clock, which may be set, and by the monotonic one.</summary>
/// <param name="SubmittedAt">When it was begun, by the machine's clock, as the state of its generation has it.</param>
/// <param name="BegunAt">When it was begun, by the clock's timestamp.</param>
/// <param name="LeftAt">When its last bytes left, by the clock's timestamp: no job is older.</param>
internal sealed record SentSubmit(DateTimeOffset SubmittedAt, long BegunAt, long LeftAt)
{
    /// <summary>Two seconds. With what a provider's clock may differ (<c>JobLooks</c>) it makes the five seconds by which adapters look back in a list.</summary>
    public static readonly TimeSpan LargestStep = TimeSpan.FromSeconds(2);

    /// <summary>How long the sending took: a large input, a slow line, a store that was away.</summary>
    public TimeSpan SendingOf(TimeProvider time) => time.GetElapsedTime(BegunAt, LeftAt);

    /// <summary>Whether the machine's clock was set since: the times at its provider do not show then which job came after it.</summary>
    public bool IsClockSet(TimeProvider time) => (time.GetUtcNow() - SubmittedAt - time.GetElapsedTime(BegunAt)).Duration() > LargestStep;
}
