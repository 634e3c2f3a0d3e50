using System.Globalization;
using Framegate.Proxy.Media;
using Framegate.Transforms.Native;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Http;

/// <summary>
/// The one place where links to results are made, and where it is decided whether one opens without a client key. A result in a native answer opens for whoever
/// has its link, as the provider's own link did.
/// </summary>
internal sealed class MediaLinks(LinkKey key, IOptionsMonitor<MediaOptions> options, TimeProvider time)
{
    /// <summary>The parameter of a link that ends.</summary>
    public const string Signature = "signature";

    private const string Use = "media";
    private const string NativeUse = "native";
    private const string Folder = "/media/";
    private static readonly object s_opened = new();

    /// <summary>Whether links change with the time, so that no answer with one is kept.</summary>
    public bool ChangeWithTime => options.CurrentValue.Links == LinkKind.Signed;

    /// <summary>The link to a file.</summary>
    /// <param name="baseUrl">The address clients reach Framegate at, without a slash at its end.</param>
    /// <param name="item">The file.</param>
    /// <param name="otherwise">Who may open it where nobody has set that.</param>
    public string Of(string baseUrl, MediaItem item, LinkKind otherwise = LinkKind.Owner)
    {
        var settings = options.CurrentValue;
        return (settings.Links ?? otherwise) != LinkKind.Signed || !item.Url.StartsWith(Folder, StringComparison.Ordinal) ? baseUrl + item.Url
            : baseUrl + item.Url + SignatureOf(item.Url[Folder.Length..], settings).Query;
    }

    /// <summary>A link to a file that opens without a key.</summary>
    /// <param name="baseUrl">The address clients reach Framegate at, without a slash at its end.</param>
    /// <param name="id">The file.</param>
    /// <returns>The link, and when it ends, null for never; null where results open for their owner only, or the links of this one are revoked.</returns>
    public (string Url, DateTimeOffset? Ends)? OpenOf(string baseUrl, string id)
    {
        var settings = options.CurrentValue;
        if (settings.Links is LinkKind.Owner or LinkKind.Public)
        {
            return settings.Links == LinkKind.Public ? (baseUrl + Folder + id, null) : null;
        }

        if (IsRevoked(id, settings))
        {
            return null;
        }

        var (query, ends) = SignatureOf(id, settings);
        return (baseUrl + Folder + id + query, DateTimeOffset.FromUnixTimeSeconds(ends));
    }

    /// <summary>Whether a call reads a file by a link that opens for everybody who has it; marks it, if so.</summary>
    public bool Opens(HttpContext context)
    {
        var (request, settings) = (context.Request, options.CurrentValue);
        if (OpensResult(request))
        {
            return true;
        }

        if (settings.Links == LinkKind.Owner || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            || !request.Path.StartsWithSegments("/media", out var rest) || rest.Value is not { Length: > 1 } id)
        {
            return false;
        }

        var opens = settings.Links == LinkKind.Public
            || (!IsRevoked(id[1..], settings)
                && request.Query[Signature].ToString().Split('.') is [var end, var seal]
                && long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
                && expires > time.GetUtcNow().ToUnixTimeSeconds()
                && key.Fits(Use, TextOf(id[1..], expires, settings), seal));
        if (opens)
        {
            context.Items[s_opened] = true;
        }

        return opens;
    }

    /// <summary>The seal of a result that a native answer names.</summary>
    /// <param name="text">Its destination and URL.</param>
    public string Seal(string text) => key.Seal(NativeUse, $"{text}\n{options.CurrentValue.LinkEpoch}");

    /// <summary>Whether a seal is that of a result.</summary>
    /// <param name="destination">The id of the destination that named it.</param>
    /// <param name="url">Its URL.</param>
    /// <param name="seal">The seal of the link.</param>
    public bool Fits(string destination, Uri url, string seal) => key.Fits(NativeUse, $"{NativePin.Sealed(destination, url)}\n{options.CurrentValue.LinkEpoch}", seal);

    private (string Query, long Ends) SignatureOf(string id, MediaOptions settings)
    {
        // The same link for a while, so that a page that is drawn again finds its pictures in the browser's cache.
        var step = Math.Max(1, (long)settings.LinkLifetime.TotalSeconds / 4);
        var expires = (((time.GetUtcNow().ToUnixTimeSeconds() + step - 1) / step) * step) + (long)settings.LinkLifetime.TotalSeconds;

        // One parameter: an ampersand would be written as an escape in JSON, which crude readers keep.
        return (string.Create(CultureInfo.InvariantCulture, $"?{Signature}={expires}.{key.Seal(Use, TextOf(id, expires, settings))}"), expires);
    }

    private bool OpensResult(HttpRequest request)
    {
        var raw = request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = raw.IndexOf('?', StringComparison.Ordinal);

        // A seal in the query is none: the path is what is served.
        return (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && (query < 0 ? raw.AsSpan() : raw.AsSpan(0, query)).IndexOf("/~") is var start and >= 0
            && NativePin.Read(raw[start..], out var rest) is { Seal: { } seal } pin
            && Uri.TryCreate($"{pin.Scheme}://{pin.Host}{rest}", UriKind.Absolute, out var url)
            && Fits(pin.Destination, url, seal);
    }

    /// <summary>Whether a call was marked.</summary>
    public static bool IsOpened(HttpContext context) => context.Items.ContainsKey(s_opened);

    private static bool IsRevoked(string id, MediaOptions settings) => settings.RevokedLinks.Contains(id, StringComparer.Ordinal);

    private static string TextOf(string id, long expires, MediaOptions settings) => string.Create(CultureInfo.InvariantCulture, $"{id}\n{expires}\n{settings.LinkEpoch}");
}
