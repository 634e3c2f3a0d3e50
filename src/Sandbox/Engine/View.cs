using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Engine;

/// <summary>A job as somebody sees it who asks now.</summary>
/// <param name="Job">The job.</param>
/// <param name="Now">When it was asked for.</param>
/// <param name="BaseUrl">The address under which the caller reached the provider, without a trailing slash.</param>
/// <param name="Endpoints">Where it was asked for.</param>
internal sealed record View(EngineJob Job, DateTimeOffset Now, string BaseUrl, JobEndpoints Endpoints)
{
    public Order Order => Job.Order;

    public JobState State => Job.StateAt(Now);

    public JobTimeline Timeline => Job.Timeline;

    public long AcceptedSeconds => Timeline.AcceptedAt.ToUnixTimeSeconds();

    public long AcceptedMilliseconds => Timeline.AcceptedAt.ToUnixTimeMilliseconds();

    /// <summary>When the state last changed.</summary>
    public DateTimeOffset ChangedAt => State switch
    {
        JobState.Queued => Timeline.AcceptedAt,
        JobState.Running => Timeline.StartsAt,
        _ => Timeline.DoneAt,
    };

    /// <summary>Why a call that is answered at once failed; only for a job that has not succeeded.</summary>
    public Refusal Failure => State switch
    {
        JobState.Moderated => new(RefusalKind.Moderated, Order.Model),
        JobState.TimedOut => new(RefusalKind.TimedOut, Order.Model),
        _ => Job.Magic.Fail is { } asked ? new(RefusalKind.Asked, asked) : new(RefusalKind.Failed, Order.Model),
    };

    /// <summary>True once the result can no longer be fetched.</summary>
    public bool IsStale => Now >= Timeline.DoneAt + Endpoints.Lifetime;

    /// <summary>The address of a file of the result.</summary>
    public string Link(int index = 0) => Endpoints.Link(this, index);

    /// <summary>The bytes of a file of the result.</summary>
    public Task<byte[]> DrawAsync(int index, CancellationToken cancel) => Endpoints.DrawAsync(Job, index, cancel);
}
