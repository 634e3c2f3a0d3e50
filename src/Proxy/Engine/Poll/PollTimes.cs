namespace Framegate.Proxy.Engine.Poll;

/// <summary>The times that decide about a job; all by one clock that never runs backwards.</summary>
/// <param name="Now">The time.</param>
/// <param name="Start">When this run of the program began to ask about the job.</param>
/// <param name="CallersDeadline">When the caller stops waiting.</param>
/// <param name="JobsDeadline">When the last of all who wait for the job does.</param>
/// <param name="LateUntil">When a late result is not waited for any longer.</param>
internal readonly record struct PollTimes(
    DateTimeOffset Now, DateTimeOffset Start, DateTimeOffset CallersDeadline, DateTimeOffset JobsDeadline, DateTimeOffset LateUntil);
