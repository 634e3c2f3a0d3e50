using System.Buffers.Binary;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media.Probe;

/// <content>Images.</content>
internal static partial class MediaProbe
{
    private static MediaFacts? ReadImage(ReadOnlySpan<byte> header)
    {
        if (Is(header, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))
        {
            var size = Is(header, 12, "IHDR"u8) && header.Length >= 24 ? header[16..] : default;
            return size.IsEmpty
                ? Image("image/png", 0, 0)
                : Image("image/png", BinaryPrimitives.ReadUInt32BigEndian(size), BinaryPrimitives.ReadUInt32BigEndian(size[4..]));
        }

        if (Is(header, 0, "GIF87a"u8) || Is(header, 0, "GIF89a"u8))
        {
            return header.Length < 10
                ? Image("image/gif", 0, 0)
                : Image("image/gif", BinaryPrimitives.ReadUInt16LittleEndian(header[6..]), BinaryPrimitives.ReadUInt16LittleEndian(header[8..]));
        }

        return Is(header, 0, "RIFF"u8) && Is(header, 8, "WEBP"u8) ? ReadWebp(header[12..]) : null;
    }

    // RFC 9649: the first chunk states how the picture is coded, and each coding has its own size.
    private static MediaFacts ReadWebp(ReadOnlySpan<byte> chunk)
    {
        if (Is(chunk, 0, "VP8 "u8) && Is(chunk, 11, [0x9d, 0x01, 0x2a]) && chunk.Length >= 18)
        {
            return Image(
                "image/webp",
                BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]) & 0x3fff,
                BinaryPrimitives.ReadUInt16LittleEndian(chunk[16..]) & 0x3fff);
        }

        if (Is(chunk, 0, "VP8L"u8) && Is(chunk, 8, [0x2f]) && chunk.Length >= 13)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(chunk[9..]);
            return Image("image/webp", (bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
        }

        return Is(chunk, 0, "VP8X"u8) && chunk.Length >= 18
            ? Image("image/webp", UInt24(chunk[12..]) + 1, UInt24(chunk[15..]) + 1)
            : Image("image/webp", 0, 0);
    }

    private static async ValueTask<MediaFacts> ReadJpegAsync(MediaProbeReader reader)
    {
        long offset = 2;
        while (reader.Step())
        {
            var segment = await reader.ReadAsync(offset, 9);
            if (segment.IsEmpty || segment.Span[0] != 0xff)
            {
                break;
            }

            var marker = segment.Span[1];
            if (marker is >= 0xc0 and <= 0xcf and not (0xc4 or 0xc8 or 0xcc)) // a frame; the others are tables
            {
                return Image(
                    "image/jpeg", BinaryPrimitives.ReadUInt16BigEndian(segment.Span[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment.Span[5..]));
            }

            offset += marker == 0xff ? 1                             // padding
                : marker is 0x01 or (>= 0xd0 and <= 0xd8) ? 2        // markers without a segment
                : 2 + Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(segment.Span[2..]));
        }

        return Image("image/jpeg", 0, 0);
    }

    private static MediaFacts Image(string contentType, long width, long height) =>
        Pixels(width) is { } w && Pixels(height) is { } h
            ? new MediaFacts(contentType, MediaType.Image, w, h)
            : new MediaFacts(contentType, MediaType.Image);

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
