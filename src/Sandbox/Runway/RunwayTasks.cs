using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Runway;

/// <summary><c>GET</c> and <c>DELETE /v1/tasks/{id}</c>, and the files that a finished task links to.</summary>
internal sealed class RunwayTasks(StandInSite site, JobStore<RunwayJob> jobs)
{
    public const string FileRoute = "outputs/{id}/{name}";

    /// <summary>Documented: 24 to 48 hours after the link was given out.</summary>
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

    private readonly SandboxServices _services = site.Services;

    public Task GetAsync(HttpContext context) => jobs.TryGet(IdOf(context), out var job)
        ? Answer.JsonAsync(context, StatusCodes.Status200OK, job.Describe(_services.Time.GetUtcNow(), () => Links(context, job)), RunwayJson.Default.RunwayTask)
        : RunwayFault.NoTask.WriteAsync(context);

    /// <summary>Cancels a running task, deletes a finished one; "aborted and deleted tasks will not be able to be fetched again" (SDK).</summary>
    public Task DeleteAsync(HttpContext context)
    {
        if (!jobs.Remove(IdOf(context)))
        {
            return RunwayFault.NoTask.WriteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Signed, without a key.</summary>
    public async Task FileAsync(HttpContext context)
    {
        var (id, name) = (IdOf(context), context.Request.RouteValues["name"]!.ToString()!);
        if (!_services.Links.IsValid(PathOf(id, name), context.Request.Query))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        }
        else if (!jobs.TryGet(id, out var job))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        else
        {
            var index = Enumerable.Range(0, job.Order.Count).First(i => job.FileName(i) == name);
            await Answer.BytesAsync(context, await MakeAsync(job, index, context.RequestAborted), job.ContentType);
        }
    }

    private static string IdOf(HttpContext context) => context.Request.RouteValues["id"]!.ToString()!;

    private static string PathOf(string id, string name) => $"/outputs/{id}/{name}";

    private async Task<byte[]> MakeAsync(RunwayJob job, int index, CancellationToken cancellationToken)
    {
        var mark = $"runway {job.Id} {index}";
        var (width, height) = job.Order.Size;
        return job.Order.Output switch
        {
            RunwayMedia.Image => await _services.Painter.DrawAsync(new Picture(job.Prompt, width, height, job.Seed + index), job.Order.Encoding, cancellationToken),
            RunwayMedia.Audio => ToneWriter.Wav(TimeSpan.FromSeconds(job.Order.Seconds), mark),
            _ => ClipShelf.Take(width, height, mark),
        };
    }

    /// <summary>Signed anew at each poll, as the live service does.</summary>
    private IReadOnlyList<string> Links(HttpContext context, RunwayJob job)
    {
        var expires = _services.Time.GetUtcNow() + (_services.Options.ResultLifetime ?? LinkLifetime);
        return [.. Enumerable.Range(0, job.Order.Count).Select(
            i => _services.Links.Sign(site.BaseUrl(context), PathOf(job.Id, job.FileName(i)), expires, job.ContentType))];
    }
}
