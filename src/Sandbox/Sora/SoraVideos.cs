using System.Globalization;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>Get, list and delete.</summary>
internal sealed class SoraVideos(StandInSite site, JobStore<SoraJob> jobs)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const double ShortestPollMs = 250;
    private const double LongestPollMs = 5000;

    private static readonly IReadOnlyList<string> Orders = ["asc", "desc"];

    private readonly SandboxServices _services = site.Services;

    public Task GetAsync(HttpContext context)
    {
        var id = SoraStandIn.IdOf(context);
        if (!jobs.TryGet(id, out var job))
        {
            return SoraFault.NoVideo(id).WriteAsync(context);
        }

        var now = _services.Time.GetUtcNow();
        var wait = Math.Clamp((job.Timeline.DoneAt - now).TotalMilliseconds, ShortestPollMs, LongestPollMs);
        context.Response.Headers["openai-poll-after-ms"] = Math.Ceiling(wait).ToString(CultureInfo.InvariantCulture);
        return Answer.JsonAsync(context, StatusCodes.Status200OK, job.Describe(now, _services.Options), SoraJson.Default.SoraVideo);
    }

    public Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = DefaultLimit;
        if (query.TryGetValue("limit", out var text)
            && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit > MaxLimit))
        {
            return SoraFault.Invalid($"Invalid 'limit': expected an integer between 0 and {MaxLimit}, but got '{text}' instead.", "limit", "invalid_value")
                .WriteAsync(context);
        }

        var order = query.TryGetValue("order", out var orders) ? orders.ToString() : "desc";
        if (!Orders.Contains(order))
        {
            return SoraFault.WrongValue("order", order, Orders).WriteAsync(context);
        }

        var after = query.TryGetValue("after", out var cursor) ? cursor.ToString() : null;
        if (jobs.Page(after, limit, newestFirst: order == "desc") is not { } page)
        {
            return SoraFault.NoVideo(after!).WriteAsync(context);
        }

        var now = _services.Time.GetUtcNow();
        SoraVideo[] data = [.. page.Jobs.Select(j => j.Describe(now, _services.Options))];
        return Answer.JsonAsync(context, StatusCodes.Status200OK,
            new SoraVideoList("list", data, data.FirstOrDefault()?.Id, data.LastOrDefault()?.Id, page.HasMore), SoraJson.Default.SoraVideoList);
    }

    /// <summary>Only a finished job can be deleted; there is no cancel.</summary>
    public Task DeleteAsync(HttpContext context)
    {
        var id = SoraStandIn.IdOf(context);
        if (!jobs.TryGet(id, out var job))
        {
            return SoraFault.NoVideo(id).WriteAsync(context);
        }

        if (job.Timeline.PhaseAt(_services.Time.GetUtcNow()) != JobPhase.Done)
        {
            return SoraFault.Conflict.WriteAsync(context);
        }

        return jobs.Remove(id)
            ? Answer.JsonAsync(context, StatusCodes.Status200OK, new SoraDeleted(id, "video.deleted", true), SoraJson.Default.SoraDeleted)
            : SoraFault.NoVideo(id).WriteAsync(context);
    }
}
