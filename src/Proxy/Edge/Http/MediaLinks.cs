using System.Globalization;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Http;

/// <summary>The one place where links to results are made, and where it is told whether one opens without a client key.</summary>
internal sealed class MediaLinks(LinkKey key, IOptionsMonitor<MediaOptions> options, TimeProvider time)
{
    private const string Use = "media";
    private const string Signature = "signature";
    private const string Folder = "/media/";
    private static readonly object s_opened = new();

    /// <summary>Whether links change with the time, so that no answer with one is kept.</summary>
    public bool ChangeWithTime => options.CurrentValue.Links == LinkKind.Signed;

    /// <summary>The link to a file.</summary>
    /// <param name="baseUrl">The address clients reach Framegate at, without a slash at its end.</param>
    /// <param name="item">The file.</param>
    public string Of(string baseUrl, MediaItem item)
    {
        var settings = options.CurrentValue;
        if (settings.Links != LinkKind.Signed || !item.Url.StartsWith(Folder, StringComparison.Ordinal))
        {
            return baseUrl + item.Url;
        }

        // The same link for a while, so that a page that is drawn again finds its pictures in the browser's cache.
        var step = Math.Max(1, (long)settings.LinkLifetime.TotalSeconds / 4);
        var expires = (((time.GetUtcNow().ToUnixTimeSeconds() + step - 1) / step) * step) + (long)settings.LinkLifetime.TotalSeconds;
        // One parameter: an ampersand would be written as an escape in JSON, which crude readers keep.
        return string.Create(CultureInfo.InvariantCulture, $"{baseUrl}{item.Url}?{Signature}={expires}.{key.Seal(Use, TextOf(item.Url[Folder.Length..], expires, settings))}");
    }

    /// <summary>Whether a call reads a file by a link that opens for everybody who has it; marks it, if so.</summary>
    public bool Opens(HttpContext context)
    {
        var (request, settings) = (context.Request, options.CurrentValue);
        if (settings.Links == LinkKind.Owner || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || !request.Path.StartsWithSegments("/media", out var rest) || rest.Value is not { Length: > 1 } id)
        {
            return false;
        }

        var opens = settings.Links == LinkKind.Public
            || (request.Query[Signature].ToString().Split('.') is [var end, var seal]
                && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
                && expires > time.GetUtcNow().ToUnixTimeSeconds()
                && key.Fits(Use, TextOf(id[1..], expires, settings), seal));
        if (opens)
        {
            context.Items[s_opened] = true;
        }

        return opens;
    }

    /// <summary>Whether a call was marked.</summary>
    public static bool IsOpened(HttpContext context) => context.Items.ContainsKey(s_opened);

    private static string TextOf(string id, long expires, MediaOptions settings) => string.Create(CultureInfo.InvariantCulture, $"{id}\n{expires}\n{settings.LinkEpoch}");
}
