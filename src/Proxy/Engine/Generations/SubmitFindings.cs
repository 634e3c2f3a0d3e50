using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>
/// What is known of a submit, for the driver of its generation at another replica. Its provider has called about the job, or has answered a process that drives it no more.
/// </summary>
/// <param name="SubmittedAt">When that submit was sent; null for what an earlier build has left, which lacks it.</param>
/// <param name="Attempt">Which attempt it was, from 1.</param>
internal sealed record SubmitFindings(DateTimeOffset? SubmittedAt, int Attempt)
{
    /// <summary>The job; null when there is none.</summary>
    public JobHandle? Job { get; init; }

    /// <summary>Why it came to nothing; null when it did not.</summary>
    public SubmitRefusal? Refusal { get; init; }

    /// <summary>What is known of the submit that a generation has sent last.</summary>
    public static SubmitFindings Of(GenerationState state) => new(state.SubmittedAt, state.Attempts.Count);

    /// <summary>Whether the last submit of a generation is meant, and none before it.</summary>
    public bool IsOf(GenerationState state) => SubmittedAt is null || (SubmittedAt == state.SubmittedAt && Attempt == state.Attempts.Count);
}
