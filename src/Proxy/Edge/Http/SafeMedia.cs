using System.Collections.Frozen;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.Http;

/// <summary>
/// Bytes that somebody else has made are never a page on our origin: a browser may show a picture, a film or a sound of a kind that is known here, and has to save
/// everything else. Whatever it shows, no script of it runs and nothing more is loaded.
/// </summary>
internal static class SafeMedia
{
    /// <summary>The media type of a file of no known kind.</summary>
    public const string Unknown = "application/octet-stream";

    private const string Policy = "sandbox; default-src 'none'";
    private const string Attachment = "attachment";

    // A closed list. SVG is a document with scripts, and no picture here.
    private static readonly FrozenSet<string> _shown = new[]
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/heic",
        "video/mp4", "video/quicktime", "video/webm", "video/x-matroska",
        "audio/mpeg", "audio/mp4", "audio/wav", "audio/x-wav", "audio/ogg", "audio/flac", "audio/aac", "audio/webm",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Programs read these; with nosniff no browser makes a page of them.
    private static readonly FrozenSet<string> _data = new[]
    {
        "application/json", "application/problem+json", "application/x-ndjson", "application/jsonl", "text/plain", "text/event-stream",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Writes the headers of a file from the media store.</summary>
    /// <param name="headers">The headers of the answer.</param>
    /// <param name="contentType">The declared media type.</param>
    /// <returns>The type to answer with.</returns>
    public static string Stored(IHeaderDictionary headers, string contentType)
    {
        var isShown = _shown.Contains(contentType);
        Guard(headers);
        headers.ContentDisposition = isShown ? "inline" : Attachment;
        return isShown ? contentType : Unknown;
    }

    /// <summary>Writes the headers of an answer that goes through as the provider gave it.</summary>
    /// <param name="headers">The headers of the answer, the provider's among them.</param>
    public static void PassedOn(IHeaderDictionary headers)
    {
        Guard(headers);
        if (headers.ContentType.Count == 0 && headers.ContentLength is 0)
        {
            return;
        }

        var isKnown = headers.ContentType is [{ } text] && MediaTypeHeaderValue.TryParse(text, out var type)
            && (_shown.Contains(type.MediaType.ToString()) || _data.Contains(type.MediaType.ToString()));
        if (!isKnown && (headers.ContentDisposition.Count != 1 || !IsAttachment(headers.ContentDisposition.ToString())))
        {
            headers.ContentDisposition = Attachment;
        }
    }

    private static bool IsAttachment(string disposition) =>
        disposition.Equals(Attachment, StringComparison.OrdinalIgnoreCase) || disposition.StartsWith(Attachment + ";", StringComparison.OrdinalIgnoreCase);

    private static void Guard(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = Policy;
    }
}
