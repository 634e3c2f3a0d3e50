namespace Framegate.Proxy.Media.Whole;

/// <summary>Where pictures end.</summary>
internal static class WholeImages
{
    /// <summary>PNG: chunks up to <c>IEND</c>.</summary>
    public static async ValueTask<bool> PngAsync(ByteWalker file)
    {
        for (file.Offset = 8; await file.HasAsync(12);)
        {
            var isEnd = file.Is("IEND"u8, 4);
            file.Offset += 12 + file.UInt32(0);
            if (isEnd)
            {
                return file.Left >= 0;
            }
        }

        return false;
    }

    /// <summary>JPEG: segments by their lengths, coded data by its escapes, up to the mark of the end.</summary>
    public static async ValueTask<bool> JpegAsync(ByteWalker file)
    {
        for (file.Offset = 2; await file.HasAsync(2);)
        {
            var (first, marker) = (file.Here[0], file.Here[1]);
            if (first != 0xff)
            {
                // Coded data, or what a sloppy writer left between two segments.
                file.Offset += file.Here.IndexOf((byte)0xff) is var next and > 0 ? next : file.Here.Length;
                continue;
            }

            switch (marker)
            {
                case 0xd9:
                    return true;
                case 0xff:
                    file.Offset++; // padding
                    break;
                case 0x00 or 0x01 or (>= 0xd0 and <= 0xd8):
                    file.Offset += 2; // an escape, or a mark without a segment
                    break;
                default:
                    if (!await file.HasAsync(4) || file.UInt16(2) < 2)
                    {
                        return false;
                    }

                    file.Offset += 2 + file.UInt16(2);
                    break;
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

    /// <summary>WebP: the size that the file claims at its start.</summary>
    public static async ValueTask<bool> RiffAsync(ByteWalker file) => await file.HasAsync(12) && file.UInt32Little(4) is var size && size >= 4 && file.Length >= 8 + size;

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
