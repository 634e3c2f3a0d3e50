using System.Globalization;
using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>GET /v1/videos</c>: the client's videos among its generations.</summary>
internal sealed class VideoList(GenerationService generations, VideoJobs jobs)
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 100;
    private const int LargestBatch = 200;

    /// <summary>How many generations of one client are looked at for one page. Those of another kind are not among them, but for some of earlier builds.</summary>
    private const int MostLookedAt = 5000;

    /// <summary>Answers a page.</summary>
    public async Task WriteAsync(HttpContext context, string? limit, string? order, string? after)
    {
        var client = Client.Of(context);
        var size = DefaultLimit;
        (limit, order, after) = (Given(limit), Given(order), Given(after));
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size > MaxLimit))
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("limit", $"It must be a whole number from 0 to {MaxLimit}."));
            return;
        }

        if (order is not (null or "asc" or "desc"))
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("order", "There is no such order.", allowed: ["asc", "desc"]));
            return;
        }

        if (await ReadAsync(client, size, order == "asc", after, context.RequestAborted) is not { } page)
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("after", "There is no such video."));
            return;
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, page, OpenAiJson.Default.VideoJobPage, context.RequestAborted);
    }

    /// <summary>A query that is there and empty counts as absent.</summary>
    private static string? Given(string? query) => query is { Length: > 0 } ? query : null;

    private async Task<VideoJobPage?> ReadAsync(string client, int size, bool oldestFirst, string? start, CancellationToken cancellationToken)
    {
        var found = new List<VideoJob>();
        string? lastSeen = null;
        for (int looked = 0, most = size + 1; looked < MostLookedAt; looked += most, most = LargestBatch)
        {
            var filter = new GenerationFilter(client, null, null, lastSeen ?? start, most) { OldestFirst = oldestFirst, MayBeVideo = true };
            if (await generations.ListAsync(filter, cancellationToken) is not { } batch)
            {
                return null;
            }

            foreach (var state in batch)
            {
                var previous = lastSeen;
                lastSeen = state.Id;
                if (!jobs.IsVideo(state) || state.Hidden)
                {
                    continue;
                }

                if (found.Count == size)
                {
                    return Page(found, hasMore: true, found.Count > 0 ? found[^1].Id : previous);
                }

                found.Add(jobs.Show(state, VideoFacts.Unpack(state.Attachment)));
            }

            if (batch.Count < most)
            {
                return Page(found, hasMore: false, found.Count > 0 ? found[^1].Id : null);
            }
        }

        return Page(found, hasMore: true, lastSeen);
    }

    private static VideoJobPage Page(List<VideoJob> found, bool hasMore, string? lastId) =>
        new("list", found, found.Count > 0 ? found[0].Id : null, lastId, hasMore);
}
