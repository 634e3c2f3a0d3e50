using System.Globalization;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>GET /media/{id}</c>.</summary>
internal static class MediaEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapMedia(this IEndpointRouteBuilder routes) => routes.MapMethods("/media/{id}", ["GET", "HEAD"], Get);

    private static Task<IResult> Get(string id, HttpContext context, IMediaCatalogue catalogue, ClientKeys clients, MediaStore media, TimeProvider time) =>
        AnswerAsync(id, clients.Required && !MediaLinks.IsOpened(context) ? Client.Of(context) : null, context, catalogue, media, time);

    /// <summary>Answers with a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="client">Whose it has to be; null for anybody's.</param>
    /// <param name="context">The call.</param>
    /// <param name="catalogue">What is known about files.</param>
    /// <param name="media">The files.</param>
    /// <param name="time">The clock.</param>
    public static async Task<IResult> AnswerAsync(string id, string? client, HttpContext context, IMediaCatalogue catalogue, MediaStore media, TimeProvider time)
    {
        if (await MediaOwner.FindAsync(catalogue, id, client, context.RequestAborted) is not { } found || found.ExpiresAt <= time.GetUtcNow())
        {
            return Problems.NotFound($"There is no media '{Problems.Shown(id)}', or it has expired.");
        }

        if (!await media.IsWholeAsync(found.Id, found.Bytes, found.Sha256, context.RequestAborted))
        {
            return Problems.Gone($"The file of media '{Problems.Shown(id)}' is lost. The log has the reason.");
        }

        var headers = context.Response.Headers;
        var type = SafeMedia.Stored(headers, found.ContentType);
        headers.CacheControl = "private, max-age=31536000, immutable";
        if (found.ExpiresAt is { } expires)
        {
            headers.Expires = expires.ToString("R", CultureInfo.InvariantCulture);
        }

        return TypedResults.PhysicalFile(
            media.PathOf(found.Id),
            type,
            fileDownloadName: null,
            lastModified: found.CreatedAt,
            entityTag: new EntityTagHeaderValue($"\"{found.Sha256}\""),
            enableRangeProcessing: true);
    }
}
