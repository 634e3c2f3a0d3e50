using System.Globalization;
using System.Text.RegularExpressions;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Veo;

/// <summary>Cloud Storage's JSON API, as far as it holds what Vertex wrote: <c>GET /storage/v1/b/{bucket}/o/{object}[?alt=media]</c>.</summary>
internal sealed partial class VeoBucket(StandInSite site, JobStore<VeoJob> jobs)
{
    public Task HandleAsync(HttpContext context)
    {
        var bucket = VeoStandIn.Route(context, "bucket");

        // A slash inside an object's name arrives as %2F, which the server leaves alone.
        var name = VeoStandIn.Route(context, "object").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var match = ObjectName().Match(name);
        if (!match.Success
            || !jobs.TryGet(match.Groups["id"].Value, out var job)
            || !int.TryParse(match.Groups["sample"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var sample)
            || job.Order.Storage is null || sample >= job.Order.Samples || job.GcsUri(sample) != $"gs://{bucket}/{name}"
            || !job.Timeline.SucceededBy(site.Services.Time.GetUtcNow()))
        {
            return VeoFault.NotFound($"No such object: {bucket}/{name}").WriteAsync(context);
        }

        var bytes = job.Clip(sample);
        return context.Request.Query["alt"] == "media"
            ? site.Services.BadDay.FetchAsync(context, job, () => Answer.BytesAsync(context, bytes, ClipShelf.ContentType))
            : Answer.JsonAsync(context, StatusCodes.Status200OK,
                new VeoStoredObject("storage#object", name, bucket, ClipShelf.ContentType, bytes.Length.ToString(CultureInfo.InvariantCulture)),
                VeoJson.Default.VeoStoredObject);
    }

    [GeneratedRegex(@"(^|/)(?<id>[0-9]{19,20})/sample_(?<sample>[0-3])\.mp4$", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectName();
}
