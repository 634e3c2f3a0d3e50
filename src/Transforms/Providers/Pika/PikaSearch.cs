using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>Finds the request of a submit whose answer was lost, among the recent requests of its endpoint. fal's list is on its platform's host, a stand-in's beside the
/// queue.</summary>
internal static class PikaSearch
{
    private const string Queue = "queue.fal.run";
    private const string Platform = "https://api.fal.ai";

    // The provider's clock may be behind ours, and a submit may wait before the request is made.
    private static readonly TimeSpan s_early = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_late = TimeSpan.FromMinutes(10);

    public static NativeRequest Build(LostSubmit submit, string? cursor)
    {
        var host = string.Equals(submit.Destination.IdnHost, Queue, StringComparison.OrdinalIgnoreCase) ? Platform : "";
        var after = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
        return NativeRequest.Get(
            $"{host}/v1/models/requests/by-endpoint?endpoint_id={Uri.EscapeDataString(submit.Model.Id)}&start={At(submit.SentAt - s_early)}&end={At(submit.SentAt + s_late)}"
            + $"&expand=payloads&limit=100{after}");
    }

    public static FoundJobs Read(NativeResponse response, LostSubmit submit)
    {
        var answer = JsonReading.Parse(response.Body.Span);
        if (answer.Member("items").ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("The answer is no list of requests.");
        }

        var sent = submit.Native?.Body is { } body ? JsonReading.Parse(body.Bytes.Span) : default;
        var found = new List<(DateTimeOffset At, JobHandle Job)>();
        foreach (var item in answer.Member("items").Items())
        {
            if (item.Member("request_id").Text() is { Length: > 0 } id && At(item) is { } at && at >= submit.SentAt - s_early && at <= submit.SentAt + s_late
                && (item.Member("endpoint_id").Text() ?? submit.Model.Id) == submit.Model.Id && IsSame(sent, item.Member("json_input")))
            {
                found.Add((at, new JobHandle(id, submit.Model.Id)));
            }
        }

        var more = answer.Member("has_more").ValueKind == JsonValueKind.True ? answer.Member("next_cursor").Text() : null;
        return new FoundJobs([.. found.OrderBy(f => f.At).Select(f => f.Job)], more);
    }

    /// <summary>Whether what was sent is what came in. Media that went along as bytes may have become links.</summary>
    private static bool IsSame(JsonElement sent, JsonElement received)
    {
        if (sent.ValueKind != JsonValueKind.Object || received.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in sent.EnumerateObject())
        {
            if (!HasBytes(member.Value) && !(received.TryGetProperty(member.Name, out var value) && JsonElement.DeepEquals(member.Value, value)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasBytes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.Text()?.StartsWith("data:", StringComparison.OrdinalIgnoreCase) == true,
        JsonValueKind.Array => value.Items().Any(HasBytes),
        _ => false,
    };

    private static DateTimeOffset? At(JsonElement item) =>
        DateTimeOffset.TryParse(item.Member("sent_at").Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
