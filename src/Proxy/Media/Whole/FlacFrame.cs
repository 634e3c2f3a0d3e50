using System.Buffers.Binary;

namespace Framegate.Proxy.Media.Whole;

/// <summary>A frame of FLAC (RFC 9639), as far as it takes to know that it is the last one.</summary>
internal static class FlacFrame
{
    private const int ShortestFrame = 8;

    /// <summary>Whether bytes end with the last frame of a stream.</summary>
    /// <param name="tail">The end of the file.</param>
    /// <param name="info">The block with the facts about the stream, 34 bytes.</param>
    public static bool EndsWith(ReadOnlySpan<byte> tail, ReadOnlySpan<byte> info)
    {
        var total = ((long)(info[13] & 0x0f) << 32) | BinaryPrimitives.ReadUInt32BigEndian(info[14..]);
        var blockSize = BinaryPrimitives.ReadUInt16BigEndian(info[2..]);
        for (var at = tail.Length - ShortestFrame; at >= 0; at--)
        {
            if (tail[at] == 0xff && (tail[at + 1] & 0xfe) == 0xf8 && Crc16(tail[at..]) == 0 && EndOf(tail[at..], blockSize) is { } end && (total == 0 || end == total))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The number of samples up to the end of a frame; null when its header is none.</summary>
    private static long? EndOf(ReadOnlySpan<byte> frame, int blockSize)
    {
        var isVariable = (frame[1] & 1) != 0;
        var lead = frame[4];
        var more = lead < 0x80 ? 0 : lead >= 0xfe ? 6 : lead >= 0xfc ? 5 : lead >= 0xf8 ? 4 : lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc0 ? 1 : -1;
        if (more < 0 || frame.Length < 5 + more + 4)
        {
            return null;
        }

        long number = more == 0 ? lead : lead & ((1 << (6 - more)) - 1);
        foreach (var next in frame.Slice(5, more))
        {
            number = (number << 6) | (uint)(next & 0x3f);
        }

        var at = 5 + more;
        var code = frame[2] >> 4;
        int? samples = code switch
        {
            1 => 192,
            >= 2 and <= 5 => 576 << (code - 2),
            6 => frame[at] + 1,
            7 => BinaryPrimitives.ReadUInt16BigEndian(frame[at..]) + 1,
            >= 8 => 256 << (code - 8),
            _ => null,
        };
        return samples is { } count ? (isVariable ? number : number * blockSize) + count : null;
    }

    // Polynomial 0x8005; a frame ends with it, so that over the whole of one it is 0.
    private static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        ushort crc = 0;
        foreach (var value in bytes)
        {
            crc ^= (ushort)(value << 8);
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (ushort)((crc & 0x8000) != 0 ? (crc << 1) ^ 0x8005 : crc << 1);
            }
        }

        return crc;
    }
}
