namespace Framegate.Plugins;

/// <summary>How often to ask a provider about a job.</summary>
/// <param name="First">Pause before the first poll, at least 100 ms.</param>
/// <param name="Longest">The longest pause.</param>
/// <param name="Growth">Each pause is the one before times this, at least 1.</param>
public sealed record PollPace(TimeSpan First, TimeSpan Longest, double Growth)
{
    /// <summary>1 s, then slower by half each time up to 5 s.</summary>
    public static PollPace Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 1.5);

    /// <summary>The pause before a poll.</summary>
    /// <param name="poll">How many polls came before it.</param>
    /// <returns>A pause from <see cref="First"/> to <see cref="Longest"/>.</returns>
    public TimeSpan Before(int poll)
    {
        var ticks = First.Ticks * Math.Pow(Growth, poll);
        return ticks < Longest.Ticks ? TimeSpan.FromTicks((long)ticks) : Longest;
    }
}
