using System.Globalization;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;

namespace Framegate.Sandbox.Fal;

/// <summary>Status, result, cancellation and file of a queued request.</summary>
internal sealed class FalRequests(StandInSite site, JobStore<FalJob> jobs, int pendingStatus)
{
    /// <summary>How many are reported to wait before a request that has just come in.</summary>
    private const int LongestQueue = 2;

    private readonly SandboxServices _services = site.Services;

    public Task StatusAsync(HttpContext context)
    {
        if (Find(context) is not { } job)
        {
            return FalAnswer.NoRequestAsync(context);
        }

        var status = Describe(context, job);
        return Answer.JsonAsync(context, status.Status == "COMPLETED" ? StatusCodes.Status200OK : pendingStatus, status, FalJson.Default.FalStatus);
    }

    public async Task ResultAsync(HttpContext context)
    {
        if (Find(context) is not { } job)
        {
            await FalAnswer.NoRequestAsync(context);
        }
        else if (job.Timeline.PhaseAt(_services.Time.GetUtcNow()) != JobPhase.Done)
        {
            await FalAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, "Request is still in progress");
        }
        else
        {
            await WriteResultAsync(context, job);
        }
    }

    /// <summary>The result of a request that has ended, or its failure.</summary>
    public Task WriteResultAsync(HttpContext context, FalJob job)
    {
        context.Response.Headers["x-fal-request-id"] = job.Id;
        return job.FailureAt(_services.Time.GetUtcNow()) is { } failure ? failure.WriteAsync(context)
            : Reply.Ok(job.Result(i => Link(context, job, i))).WriteAsync(context);
    }

    /// <summary>Where a file of a result lies.</summary>
    public string Link(HttpContext context, FalJob job, int index) =>
        $"{site.BaseUrl(context)}/files/b/sandbox/{job.Id}_output{(index == 0 ? "" : index)}.{job.Pieces[index].Extension}";

    /// <summary>Takes effect at once; the live service may still finish a running request.</summary>
    public Task CancelAsync(HttpContext context)
    {
        var (code, status) = Find(context)?.Clock.Cancel(_services.Time.GetUtcNow()) switch
        {
            null => (StatusCodes.Status404NotFound, "NOT_FOUND"),
            JobPhase.Queued => (StatusCodes.Status200OK, "OK"),
            JobPhase.Running => (StatusCodes.Status202Accepted, "CANCELLATION_REQUESTED"),
            _ => (StatusCodes.Status400BadRequest, "ALREADY_COMPLETED"),
        };
        return Answer.JsonAsync(context, code, new FalCancelled(status), FalJson.Default.FalCancelled);
    }

    /// <summary>Public: no key, no signature.</summary>
    public async Task FileAsync(HttpContext context)
    {
        var now = _services.Time.GetUtcNow();
        var digits = Path.GetFileNameWithoutExtension(context.Request.RouteValues["name"]!.ToString()!).AsSpan().TrimStart("output");
        var index = digits.Length == 0 ? 0 : int.TryParse(digits, out var number) ? number : -1;
        if (Find(context) is { } job && index >= 0 && index < job.Pieces.Count
            && job.Timeline.SucceededBy(now) && job.FailureAt(now) is null && now < job.Timeline.DoneAt + job.Lifetime)
        {
            await Answer.BytesAsync(context, await job.DrawAsync(_services.Painter, index, context.RequestAborted), job.Pieces[index].ContentType);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    public FalJob? Find(HttpContext context) => jobs.TryGet(context.Request.RouteValues["id"]!.ToString()!, out var job) && !job.Magic.Vanishes ? job : null;

    public FalStatus Describe(HttpContext context, FalJob job)
    {
        var now = _services.Time.GetUtcNow();
        var url = $"{site.BaseUrl(context)}/{job.Endpoint.Application}/requests/{job.Id}";
        var status = new FalStatus(Named(job.Timeline.PhaseAt(now)), job.Id, url, $"{url}/status", $"{url}/cancel");
        if (status.Status == "IN_QUEUE")
        {
            return status with { QueuePosition = Position(job.Timeline, now) };
        }

        status = status with { Logs = context.Request.Query["logs"] == "1" ? [Log(job.Timeline)] : [] };
        return status.Status != "COMPLETED" ? status : status with
        {
            Metrics = new(Math.Max((job.Timeline.DoneAt - job.Timeline.StartsAt).TotalSeconds, 0)),
            Error = job.FailureAt(now)?.Message,
            ErrorType = job.FailureAt(now)?.Type,
        };
    }

    private static string Named(JobPhase phase) => phase switch
    {
        JobPhase.Queued => "IN_QUEUE",
        JobPhase.Running => "IN_PROGRESS",
        _ => "COMPLETED",
    };

    private static int Position(JobTimeline timeline, DateTimeOffset now) =>
        (int)Math.Ceiling((timeline.StartsAt - now) / (timeline.StartsAt - timeline.AcceptedAt) * LongestQueue) - 1;

    private static FalLog Log(JobTimeline timeline) => new(
        "Generating video", "INFO", "USER", timeline.StartsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture));
}
