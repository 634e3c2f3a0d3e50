using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Sora;

/// <summary><c>GET /v1/videos/{id}/content?variant=</c>.</summary>
internal sealed class SoraContent(StandInSite site, JobStore<SoraJob> jobs)
{
    private const int SheetColumns = 4;
    private const int SheetRows = 2;

    private static readonly IReadOnlyList<string> Variants = ["video", "thumbnail", "spritesheet"];

    public async Task HandleAsync(HttpContext context)
    {
        var id = SoraStandIn.IdOf(context);
        var variant = context.Request.Query.TryGetValue("variant", out var asked) ? asked.ToString() : "video";
        var now = site.Services.Time.GetUtcNow();
        if (!Variants.Contains(variant))
        {
            await SoraFault.WrongValue("variant", variant, Variants).WriteAsync(context);
        }
        else if (!jobs.TryGet(id, out var job) || (job.Timeline.SucceededBy(now) && now >= job.ExpiresAt(site.Services.Options)))
        {
            await SoraFault.NoVideo(id).WriteAsync(context);
        }
        else if (!job.Timeline.SucceededBy(now))
        {
            // Documented only as "fails before completion"; status and text are the sandbox's choice.
            await SoraFault.Invalid(
                job.Timeline.PhaseAt(now) == JobPhase.Done ? $"Video '{id}' failed and has no content." : $"Video '{id}' is not ready yet.")
                .WriteAsync(context);
        }
        else
        {
            await SendAsync(context, job, variant);
        }
    }

    private async Task SendAsync(HttpContext context, SoraJob job, string variant)
    {
        var (width, height) = job.Pixels;
        var picture = new Picture(job.Prompt, width, height, job.Seed);
        switch (variant)
        {
            case "thumbnail":
                await DrawAsync(context, picture, ImageEncoding.Webp);
                break;
            case "spritesheet":
                await DrawAsync(
                    context, picture with { Height = height * SheetRows / SheetColumns, Columns = SheetColumns, Rows = SheetRows }, ImageEncoding.Jpeg);
                break;
            default:
                await Answer.BytesAsync(context, ClipShelf.Take(width, height, $"sora {job.Id}"), ClipShelf.ContentType);
                break;
        }
    }

    private async Task DrawAsync(HttpContext context, Picture picture, ImageEncoding encoding) =>
        await Answer.BytesAsync(context, await site.Services.Painter.DrawAsync(picture, encoding, context.RequestAborted), encoding.ContentType());
}
