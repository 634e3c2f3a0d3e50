using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Fal;

/// <summary>An endpoint's recent requests, as the platform API lists them.</summary>
internal sealed class FalHistory(StandInSite site, JobStore<FalJob> jobs, FalRequests requests)
{
    private const int MostItems = 100;
    private const string InputLink = "https://v3.fal.media/files/sandbox/input";
    private static readonly TimeSpan s_window = TimeSpan.FromHours(24);

    /// <summary>What the list shows of a body: media that came as bytes are links there.</summary>
    public static JsonElement InputOf(JsonElement body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, body);
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    public Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var endpoint = query["endpoint_id"].ToString();
        if (endpoint.Length == 0)
        {
            return Answer.JsonAsync(
                context, StatusCodes.Status400BadRequest, new FalPlatformError(new("validation_error", "endpoint_id is required")), FalJson.Default.FalPlatformError);
        }

        var now = site.Services.Time.GetUtcNow();
        var end = TimeOf(query["end"]) ?? now;
        var start = TimeOf(query["start"]) ?? end - s_window;
        var limit = Math.Clamp(int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var asked) ? asked : MostItems, 1, MostItems);
        var items = new List<FalRequestItem>();
        string? last = query["cursor"].ToString() is { Length: > 0 } cursor ? cursor : null;
        var more = true;
        while (more && items.Count < limit && jobs.Page(last, MostItems, newestFirst: true) is { Jobs.Count: > 0 } page)
        {
            foreach (var job in page.Jobs)
            {
                last = job.Id;
                if (job.Endpoint.Id == endpoint && !job.Magic.Vanishes && job.Timeline.AcceptedAt >= start && job.Timeline.AcceptedAt <= end)
                {
                    items.Add(Item(context, job, now, query["expand"].ToString().Contains("payloads", StringComparison.Ordinal)));
                    if (items.Count == limit)
                    {
                        break;
                    }
                }
            }

            more = page.HasMore || last != page.Jobs[^1].Id;
        }

        more &= items.Count == limit;
        return Answer.JsonAsync(context, StatusCodes.Status200OK, new FalRequestList(items, more ? last : null, more), FalJson.Default.FalRequestList);
    }

    private FalRequestItem Item(HttpContext context, FalJob job, DateTimeOffset now, bool withPayloads)
    {
        var ended = now >= job.Timeline.DoneAt;
        var failure = job.FailureAt(now);
        return new(job.Id, job.Endpoint.Id, Text(job.Timeline.AcceptedAt))
        {
            StartedAt = now >= job.Timeline.StartsAt ? Text(job.Timeline.StartsAt) : null,
            EndedAt = ended ? Text(job.Timeline.DoneAt) : null,
            StatusCode = ended ? failure?.Status ?? StatusCodes.Status200OK : null,
            Duration = ended ? (job.Timeline.DoneAt - job.Timeline.StartsAt).TotalSeconds : null,
            JsonInput = withPayloads ? job.Input : null,
            JsonOutput = withPayloads && ended && failure is null ? job.Result(i => requests.Link(context, job, i)) : null,
        };
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String when value.GetString()!.StartsWith("data:", StringComparison.OrdinalIgnoreCase):
                writer.WriteStringValue(InputLink);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    private static DateTimeOffset? TimeOf(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
