using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary><c>GET /{region}/v1/get_result?id=</c>; declared without security by BFL, so no key is asked for.</summary>
internal sealed class FluxPoll(StandInSite site, JobStore<FluxJob> jobs)
{
    private readonly SandboxServices _services = site.Services;

    public Task HandleAsync(HttpContext context, string? region)
    {
        var id = context.Request.Query["id"].ToString();
        if (id.Length == 0)
        {
            return FastApiAnswer.FaultsAsync(context, [new("missing", ["query", "id"], "Field required")]);
        }

        // The address without a region is a cluster that accepted nothing: a client must poll the URL it was given.
        return jobs.TryGet(id, out var job) && (job.Region == region || (region is null && job.IsHooked))
            ? WriteAsync(context, StatusCodes.Status200OK, Describe(context, job))
            : WriteAsync(context, StatusCodes.Status404NotFound, new FluxPolled(id, "Task not found", null, null, null, null));
    }

    private static Task WriteAsync(HttpContext context, int status, FluxPolled body) =>
        Answer.JsonAsync(context, status, body, FluxJson.Default.FluxPolled);

    private FluxPolled Describe(HttpContext context, FluxJob job)
    {
        var now = _services.Time.GetUtcNow();
        if (job.Timeline.PhaseAt(now) != JobPhase.Done)
        {
            return new(job.Id, "Pending", null, Math.Round(job.Timeline.ProgressAt(now), 2), null, null);
        }

        return job.Timeline.Ending switch
        {
            JobEnding.Moderated => new(job.Id, "Request Moderated", null, null, Reasons(job), null),
            JobEnding.Error => new(job.Id, "Error", null, null, null, null),
            _ => new(job.Id, "Ready", Result(context, job), null, null, null) { Cost = job.Model.IsVideo ? job.Cost : null },
        };
    }

    private static JsonNode Reasons(FluxJob job) => job.Model.IsVideo
        ? "Derivative Works Filter" // FLUX 3 sends it as plain text
        : new JsonObject { ["Moderation Reasons"] = new JsonArray("Derivative Works Filter") };

    private FluxResult Result(HttpContext context, FluxJob job)
    {
        var sample = Link(context, job, FluxDelivery.SampleName(job), FluxDelivery.SampleType(job));
        return job.Model.IsVideo
            ? new(sample) { DraftCache = job.IsDraft ? Link(context, job, FluxDelivery.DraftName, FluxDelivery.DraftType) : null }
            : new(sample)
            {
                Prompt = job.Prompt,
                Seed = job.Seed,
                StartTime = Epoch(job.Timeline.StartsAt),
                EndTime = Epoch(job.Timeline.DoneAt),
                Duration = Math.Round((job.Timeline.DoneAt - job.Timeline.StartsAt).TotalSeconds, 3),
            };
    }

    /// <summary>The expiry follows the end of the job, so polling again does not prolong it.</summary>
    private string Link(HttpContext context, FluxJob job, string name, string contentType) => _services.Links.Sign(
        site.BaseUrl(context), FluxDelivery.Path(job.Id, name), job.Timeline.DoneAt + FluxDelivery.Lifetime(job, _services.Options), contentType);

    private static double Epoch(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}
