using System.Text.RegularExpressions;
using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>URLs in Veo answers.</summary>
internal static partial class VeoLinks
{
    /// <summary>The one other host that takes the token of Vertex AI.</summary>
    public const string Storage = "storage.googleapis.com";

    /// <summary>Vertex AI: results lie in Cloud Storage, which asks for the same token.</summary>
    public static UrlTrust OfVertex(Uri url, Uri destination, UrlUse use, UrlTrust otherwise) =>
        use == UrlUse.Download && IsGoogle(destination) && url.Scheme == Uri.UriSchemeHttps && url.Port == 443
        && string.Equals(url.IdnHost, Storage, StringComparison.OrdinalIgnoreCase)
            ? UrlTrust.WithKey
            : otherwise;

    /// <summary>Google's own client appends an http URL of a file as a whole to its path (npm <c>@google/genai</c> 2.32).</summary>
    public static string Repair(string path) =>
        SpoiledFile().Match(path) is { Success: true } match ? $"{match.Groups[1].Value}files/{match.Groups[2].Value}:download" : path;

    // A token for another vendor's gateway is no token for Google.
    private static bool IsGoogle(Uri destination) => Origin.IsWithin(destination, "googleapis.com");

    [GeneratedRegex("^(/v1(?:beta)?/)files/https?:.*files/([a-z0-9]+)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SpoiledFile();
}
