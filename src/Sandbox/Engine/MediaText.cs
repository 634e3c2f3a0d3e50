using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Engine;

/// <summary>Checks a text that stands for a picture, a clip or a sound. An address is judged by its form only: a stand-in fetches nothing.</summary>
internal static class MediaText
{
    /// <summary>What is wrong with it; null when it is fine, or empty.</summary>
    public static (WrongKind Kind, string Message)? Fault(string text, Inline inline)
    {
        if (text.Length == 0 || Fields.IsWebAddress(text))
        {
            return null;
        }

        var isData = text.StartsWith("data:", StringComparison.OrdinalIgnoreCase);
        if (Bytes(text, isData, inline) is not { Length: > 0 } bytes)
        {
            return (WrongKind.Value, inline switch
            {
                Inline.DataUri => "must be a URL or a data URI",
                Inline.Base64 => "must be a URL or base64 without a data: prefix",
                _ => "must be a URL",
            });
        }

        var isImage = !isData || text.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase);
        return isImage && ImageProbe.SizeOf(bytes) is null ? (WrongKind.Picture, "cannot be read as an image") : null;
    }

    private static byte[]? Bytes(string text, bool isData, Inline inline)
    {
        var comma = text.IndexOf(',');
        return isData && inline == Inline.DataUri && comma > 0 && text.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
            ? ImageProbe.FromBase64(text.AsSpan(comma + 1))
            : !isData && inline == Inline.Base64 ? ImageProbe.FromBase64(text) : null;
    }
}
