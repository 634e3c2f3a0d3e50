using System.IO.Hashing;

namespace Framegate.Proxy.Media.Whole;

/// <summary>Where pictures end.</summary>
internal static class WholeImages
{
    /// <summary>PNG: chunks up to <c>IEND</c>; those that are the picture with their checksums.</summary>
    public static async ValueTask<bool> PngAsync(ByteWalker file)
    {
        for (file.Offset = 8; await file.HasAsync(12);)
        {
            var (isEnd, isNeeded, size) = (file.Is("IEND"u8, 4), (file.Here[4] & 0x20) == 0 || file.Is("fdAT"u8, 4), file.UInt32(0));
            var next = file.Offset + 12 + size;
            if (next > file.Length || (isNeeded && !await IsSumRightAsync(file, size + 4)))
            {
                return false;
            }

            file.Offset = next;
            if (isEnd)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>GIF: blocks up to the trailer.</summary>
    public static async ValueTask<bool> GifAsync(ByteWalker file)
    {
        if (!await file.HasAsync(13))
        {
            return false;
        }

        file.Offset = 13 + TableOf(file.Here[10]);
        while (await file.HasAsync(1))
        {
            switch (file.Here[0])
            {
                case 0x3b:
                    return true;
                case 0x21:
                    file.Offset += 2;
                    break;
                case 0x2c when await file.HasAsync(10):
                    file.Offset += 10 + TableOf(file.Here[9]) + 1;
                    break;
                default:
                    return false;
            }

            if (!await SkipBlocksAsync(file))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>WebP: the size that the file claims at its start, and pictures without dead bytes. What is transparent may be stored raw, and is not looked at.</summary>
    public static async ValueTask<bool> RiffAsync(ByteWalker file)
    {
        if (!await file.HasAsync(12) || file.UInt32Little(4) is not (>= 4 and var size) || file.Length < 8 + size)
        {
            return false;
        }

        var end = 8 + size;
        for (file.Offset = 12; file.Offset + 8 <= end && await file.HasAsync(8);)
        {
            var (at, length) = (file.Offset, file.UInt32Little(4));
            var run = file.Is("VP8 "u8) ? DeadBytes.InMovies : file.Is("VP8L"u8) ? DeadBytes.InPictures : 0;
            if (file.Is("ANMF"u8))
            {
                file.Offset = at + 8 + 16; // a frame: its chunks come next
                continue;
            }

            if (run > 0 && await DeadBytes.AnyAsync(file, at + 8, Math.Min(at + 8 + length, end), run))
            {
                return false;
            }

            file.Offset = at + 8 + length + (length & 1);
        }

        return true;
    }

    private static async ValueTask<bool> IsSumRightAsync(ByteWalker file, long count)
    {
        file.Offset += 4;
        var sum = new Crc32();
        for (var left = count; left > 0;)
        {
            if (!await file.HasAsync(1))
            {
                return false;
            }

            var part = (int)Math.Min(left, file.Here.Length);
            sum.Append(file.Here[..part]);
            file.Offset += part;
            left -= part;
        }

        return await file.HasAsync(4) && (uint)file.UInt32(0) == sum.GetCurrentHashAsUInt32();
    }

    private static int TableOf(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private static async ValueTask<bool> SkipBlocksAsync(ByteWalker file)
    {
        while (await file.HasAsync(1))
        {
            var size = file.Here[0];
            file.Offset += 1 + size;
            if (size == 0)
            {
                return true;
            }
        }

        return false;
    }
}
