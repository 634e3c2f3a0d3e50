using System.Net;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Runway;

/// <summary>The three ways to name an input (docs.dev.runwayml.com, assets/inputs): https URL, data URI, upload.</summary>
/// <remarks>URLs are judged by their form only: a stand-in fetches nothing.</remarks>
internal sealed class RunwayAssets(RunwayUploads uploads)
{
    private const int MaxUrl = 2048;

    private const int MaxDataUri = 5 * 1024 * 1024;

    /// <summary>What is wrong with an input; null when it will do.</summary>
    /// <param name="uri">As the client sent it.</param>
    /// <param name="media"><c>image</c>, <c>video</c> or <c>audio</c>.</param>
    public string? Fault(string uri, string media)
    {
        if (uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return DataFault(uri, media);
        }

        if (uri.StartsWith(RunwayUploads.Scheme, StringComparison.Ordinal))
        {
            return uploads.IsUsable(uri) ? null : "Could not find the uploaded file, or it has expired";
        }

        return !Uri.TryCreate(uri, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps ? "Expected an HTTPS URL, a data URI or a Runway upload URI"
            : uri.Length > MaxUrl ? $"URL must be at most {MaxUrl} characters"
            : IPAddress.TryParse(address.DnsSafeHost, out _) ? "URL must have a domain name, not an IP address"
            : null;
    }

    /// <summary>The size of an image given as a data URI; null for any other input.</summary>
    public static (int Width, int Height)? SizeOf(string uri) =>
        uri.StartsWith("data:", StringComparison.OrdinalIgnoreCase) && Bytes(uri) is { } bytes ? ImageProbe.SizeOf(bytes) : null;

    private static string? DataFault(string uri, string media) =>
        uri.Length > MaxDataUri ? "Data URI must be at most 5 MB"
        : !uri.StartsWith($"data:{media}/", StringComparison.OrdinalIgnoreCase) ? $"Data URI must contain an encoded {media}"
        : Bytes(uri) is not { Length: > 0 } bytes ? "Data URI is not valid base64"
        : media == "image" && ImageProbe.SizeOf(bytes) is null ? "Could not read the image"
        : null;

    private static byte[]? Bytes(string uri)
    {
        var comma = uri.IndexOf(',');
        return comma > 0 && uri.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase) ? ImageProbe.FromBase64(uri.AsSpan(comma + 1)) : null;
    }
}
