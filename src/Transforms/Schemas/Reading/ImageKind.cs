namespace Framegate.Transforms.Schemas.Reading;

/// <summary>What kind of image some bytes are. Apps build the label of a <c>data:</c> URI from a file's name, so the bytes count and not the label.</summary>
internal static class ImageKind
{
    /// <summary>The media type of an image by its first bytes.</summary>
    /// <returns>Null for what is no image that is known here.</returns>
    public static string? Of(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ? "image/png"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]) ? "image/jpeg"
        : bytes.StartsWith("GIF87a"u8) || bytes.StartsWith("GIF89a"u8) ? "image/gif"
        : bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8) ? "image/webp"
        : bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ? "image/tiff"
        : bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8) ? OfBrand(bytes.Slice(8, 4))
        : null;

    /// <summary>A label without its well-known misspellings.</summary>
    public static string Spelled(string label) => label switch
    {
        "image/jpg" or "image/pjpeg" => "image/jpeg",
        "image/x-png" => "image/png",
        _ => label,
    };

    private static string? OfBrand(ReadOnlySpan<byte> brand) =>
        brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8) ? "image/avif"
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8) ? "image/heic"
        : null;
}
