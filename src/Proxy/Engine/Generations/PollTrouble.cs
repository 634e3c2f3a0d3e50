using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>Why nothing is known of a job: all polls since some time have failed in the same way.</summary>
/// <param name="Failure">What the last answer means.</param>
/// <param name="Status">Its HTTP status; 0 when none came.</param>
/// <param name="Since">The time of the first of them.</param>
internal sealed record PollTrouble(ProviderFailure Failure, int Status, DateTimeOffset Since)
{
    /// <summary>The trouble after another answer.</summary>
    /// <param name="before">The trouble so far; null for none.</param>
    /// <param name="failure">What the answer means.</param>
    /// <param name="status">Its HTTP status; 0 when none came.</param>
    /// <param name="now">The time.</param>
    public static PollTrouble Of(PollTrouble? before, ProviderFailure failure, int status, DateTimeOffset now) =>
        before is not null && before.Status == status && before.Failure.Code == failure.Code
            ? before with { Failure = failure }
            : new PollTrouble(failure, status, now);
}
