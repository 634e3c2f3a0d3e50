using System.Globalization;
using System.Text.Json.Serialization;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>GET /media/{id}</c>.</summary>
internal static class MediaEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapMedia(this IEndpointRouteBuilder routes) => routes.MapMethods("/media/{id}", ["GET", "HEAD"], Get);

    private const string Variant = "variant";
    private const string Preview = "preview";
    private const string Link = "link";
    private const string Redirect = "redirect";

    private static Task<IResult> Get(
        string id, HttpContext context, IMediaCatalogue catalogue, ClientKeys clients, MediaStore media, MediaStills stills, MediaLinks links, PublicAddress address, TimeProvider time) =>
        AnswerAsync(id, clients.Required && !MediaLinks.IsOpened(context) ? Client.Of(context) : null, context, catalogue, media, stills, links, address, time);

    /// <summary>Answers with a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="client">Whose it has to be; null for anybody's.</param>
    /// <param name="context">The call.</param>
    /// <param name="catalogue">What is known about files.</param>
    /// <param name="media">The files.</param>
    /// <param name="stills">Draws small ones.</param>
    /// <param name="links">Links to files.</param>
    /// <param name="address">Where clients reach Framegate.</param>
    /// <param name="time">The clock.</param>
    public static async Task<IResult> AnswerAsync(
        string id, string? client, HttpContext context, IMediaCatalogue catalogue, MediaStore media, MediaStills stills, MediaLinks links, PublicAddress address, TimeProvider time)
    {
        var variant = context.Request.Query[Variant].ToString();
        if (variant is not ("" or Preview or Link))
        {
            return Problems.BadQuery($"{Variant}: must be {Preview} or {Link}, or be left out.");
        }

        var redirect = context.Request.Query[Redirect].ToString();
        if (redirect is not ("" or "true" or "false"))
        {
            return Problems.BadQuery($"{Redirect}: must be true or false, or be left out.");
        }

        if (await MediaOwner.FindAsync(catalogue, id, client, context.RequestAborted) is not { } found || found.ExpiresAt <= time.GetUtcNow())
        {
            return Problems.NotFound($"There is no media '{Problems.Shown(id)}', or it has expired.");
        }

        if (!await media.IsThereAsync(found, context.RequestAborted))
        {
            return Problems.Gone($"The file of media '{Problems.Shown(id)}' is lost. The log has the reason.");
        }

        var headers = context.Response.Headers;
        if (variant == Link)
        {
            // Whoever has a link that ends makes no other of it.
            headers.CacheControl = "private, no-store";
            return (MediaLinks.IsOpened(context) && context.Request.Query.ContainsKey(MediaLinks.Signature)) || links.OpenOf(address.Of(context), found.Id) is not var (url, ends)
                ? Problems.NotFound($"There is no link to media '{Problems.Shown(id)}' that opens without a key.")
                : TypedResults.Json(new MediaLink(url, ends), MediaLinkJson.Default.MediaLink);
        }

        if (variant == Preview)
        {
            if (!await media.IsWholeAsync(found.Id, found.Bytes, found.Sha256, context.RequestAborted))
            {
                return Problems.Gone($"The file of media '{Problems.Shown(id)}' is lost. The log has the reason.");
            }

            var (path, whyNot) = await stills.DrawAsync(media.PathOf(found.Id), found.Id, StillKind.Preview, null, context.RequestAborted);
            if (path is null)
            {
                return Problems.NotFound($"There is no preview of media '{Problems.Shown(id)}'. {whyNot}");
            }

            headers.CacheControl = "private, max-age=31536000, immutable";
            return TypedResults.PhysicalFile(path, SafeMedia.Stored(headers, MediaStills.ContentType), lastModified: found.CreatedAt);
        }

        MediaAnswer.KeepByteRange(context.Request);
        var type = SafeMedia.Stored(headers, found.ContentType);
        headers.CacheControl = "private, max-age=31536000, immutable";
        if (found.ExpiresAt is { } expires)
        {
            headers.Expires = expires.ToString("R", CultureInfo.InvariantCulture);
        }

        // The bucket sends no policy along: what is no picture, film or sound is as much no page there as it is here. A page of ours is led nowhere: it may load from its own
        // origin alone. It asks for that, since browsers send no such header over plain HTTP.
        if (redirect != "false" && !IsOfOurPage(context.Request) && media.LinkTo(found, type, headers.ContentDisposition.ToString()) is { } link)
        {
            headers.CacheControl = "private, no-store";
            return TypedResults.Redirect(link);
        }

        return MediaAnswer.Of(media, found, type);
    }

    private static bool IsOfOurPage(HttpRequest request) => request.Headers["Sec-Fetch-Site"] == "same-origin";
}

/// <summary>A link to a result that opens without a key.</summary>
/// <param name="Url">The link.</param>
/// <param name="ExpiresAt">When it ends; null for never.</param>
internal sealed record MediaLink(string Url, DateTimeOffset? ExpiresAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MediaLink))]
internal sealed partial class MediaLinkJson : JsonSerializerContext;
