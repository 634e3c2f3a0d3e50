using SkiaSharp;

namespace Framegate.Sandbox.Media;

/// <summary>Reads the size of an image from its header, without decoding it.</summary>
internal static class ImageProbe
{
    /// <summary>Null when the bytes are no image that can be read (PNG, JPEG, WebP, GIF, BMP).</summary>
    public static (int Width, int Height)? SizeOf(byte[] bytes)
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        return codec is null ? null : (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>Reads standard base64; null when the text is none.</summary>
    public static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        var buffer = new byte[text.Length / 4 * 3 + 3];
        return Convert.TryFromBase64Chars(text, buffer, out var length) ? buffer[..length] : null;
    }
}
