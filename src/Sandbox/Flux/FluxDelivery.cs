using System.Text;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Flux;

/// <summary>The delivery host: signed links, no key, GET and HEAD only, errors in Azure Blob Storage's XML.</summary>
internal sealed class FluxDelivery(StandInSite site, JobStore<FluxJob> jobs)
{
    public const string Route = "/delivery/results/{shard}/{id}/{name}";

    public const string DraftName = "draft_cache.bin";

    public const string DraftType = "application/octet-stream";

    /// <summary>Documented for <c>result.sample</c>: about 10 minutes.</summary>
    private static readonly TimeSpan ImageLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Documented for FLUX 3 results: about 2 hours.</summary>
    private static readonly TimeSpan VideoLifetime = TimeSpan.FromHours(2);

    public static TimeSpan Lifetime(FluxJob job, SandboxOptions options) =>
        options.ResultLifetime ?? (job.Model.IsVideo ? VideoLifetime : ImageLifetime);

    public static string SampleName(FluxJob job) => $"sample.{(job.Model.IsVideo ? "mp4" : job.Encoding.Extension())}";

    public static string SampleType(FluxJob job) => job.Model.IsVideo ? ClipShelf.ContentType : job.Encoding.ContentType();

    public static string Path(string id, string name) => $"/delivery/results/{id[..2]}/{id}/{name}";

    public async Task HandleAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"]!.ToString()!;
        var name = context.Request.RouteValues["name"]!.ToString()!;
        if (id.Length < 2 || !site.Services.Links.IsValid(Path(id, name), context.Request.Query))
        {
            await FailAsync(context, StatusCodes.Status403Forbidden, "AuthenticationFailed", "Server failed to authenticate the request.");
        }
        else if (!jobs.TryGet(id, out var job) || !job.Timeline.SucceededBy(site.Services.Time.GetUtcNow()))
        {
            await FailAsync(context, StatusCodes.Status404NotFound, "BlobNotFound", "The specified blob does not exist.");
        }
        else if (name == DraftName)
        {
            await Answer.BytesAsync(context, Encoding.UTF8.GetBytes($"framegate sandbox draft {job.Id}"), DraftType);
        }
        else if (job.Model.IsVideo)
        {
            await Answer.BytesAsync(context, ClipShelf.Take(job.Size.Width, job.Size.Height, $"flux {job.Id}"), ClipShelf.ContentType);
        }
        else
        {
            var picture = new Picture(job.Prompt, job.Size.Width, job.Size.Height, job.Seed);
            await Answer.BytesAsync(context, await site.Services.Painter.DrawAsync(picture, job.Encoding, context.RequestAborted), job.Encoding.ContentType());
        }
    }

    private static Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync(
                $"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>", context.RequestAborted);
    }
}
