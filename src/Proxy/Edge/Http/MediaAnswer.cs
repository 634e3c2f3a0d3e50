using Framegate.Proxy.Media;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.Http;

/// <summary>A stored file as an answer: from the folder, or from the bucket, a part of it where a part is asked for.</summary>
internal static class MediaAnswer
{
    /// <summary>Takes a wish for parts in another unit than bytes away: the framework counts any unit as bytes, and HTTP asks for the whole.</summary>
    public static void KeepByteRange(HttpRequest request)
    {
        if (!request.Headers.Range.ToString().TrimStart().StartsWith("bytes", StringComparison.OrdinalIgnoreCase))
        {
            request.Headers.Remove(HeaderNames.Range);
        }
    }

    /// <summary>The answer.</summary>
    /// <param name="media">The files.</param>
    /// <param name="stored">The file.</param>
    /// <param name="contentType">Its media type, as it is safe to send.</param>
    /// <param name="ranges">Whether parts of it may be asked for.</param>
    public static IResult Of(MediaStore media, StoredMedia stored, string? contentType, bool ranges = true)
    {
        var tag = new EntityTagHeaderValue($"\"{stored.Sha256}\"");
        return media.OpenRemote(stored) is { } remote
            ? TypedResults.Stream(remote, contentType, lastModified: stored.CreatedAt, entityTag: tag, enableRangeProcessing: ranges)
            : TypedResults.PhysicalFile(media.PathOf(stored.Id), contentType, lastModified: stored.CreatedAt, entityTag: tag, enableRangeProcessing: ranges);
    }
}
