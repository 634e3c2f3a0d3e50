namespace Framegate.Proxy.Media.Whole;

/// <summary>Where a JPEG ends, and whether the coded data before that is what its tables can make.</summary>
internal static class WholeJpeg
{
    // Fewer zeros come by chance, or from a plain area.
    private const int Suspicious = 64;

    // What is walked bit by bit lies in memory; a larger one is judged by its zeros alone.
    private const int MostWalked = 4 << 20;

    /// <summary>Segments by their lengths, coded data by its escapes, up to the mark of the end.</summary>
    public static async ValueTask<bool> ReadAsync(ByteWalker file)
    {
        var tables = new JpegTables();
        for (file.Offset = 2; await file.HasAsync(2);)
        {
            var (first, marker) = (file.Here[0], file.Here[1]);
            if (first != 0xff)
            {
                // What a sloppy writer left between two segments.
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

                    var size = 2 + file.UInt16(2);
                    if (marker is 0xc0 or 0xc1 or 0xc2 or 0xc4 or 0xda or 0xdd && size <= 32 * 1024 && await file.HasAsync(size))
                    {
                        tables.Take(marker, file.Here[4..size]);
                    }

                    file.Offset += size;
                    if (marker == 0xda && !await IsAliveAsync(file, tables))
                    {
                        return false;
                    }

                    break;
            }
        }

        return false;
    }

    /// <summary>Whether the coded data from here on can be what was written. The walker is left behind it.</summary>
    private static async ValueTask<bool> IsAliveAsync(ByteWalker file, JpegTables tables)
    {
        var start = file.Offset;
        for (var isEnd = false; !isEnd && await file.HasAsync(2);)
        {
            var at = file.Here.IndexOf((byte)0xff);
            if (at < 0 || at + 1 == file.Here.Length)
            {
                file.Offset += at > 0 ? at : file.Here.Length;
                continue;
            }

            isEnd = file.Here[at + 1] is not (0x00 or 0xff or (>= 0xd0 and <= 0xd7));
            file.Offset += isEnd ? at : file.Here[at + 1] == 0xff ? at + 1 : at + 2;
        }

        var end = file.Offset;
        var isSuspicious = await DeadBytes.AnyAsync(file, start, end, Suspicious);
        if (isSuspicious && tables.CanCount && end - start <= MostWalked)
        {
            var data = new byte[end - start];
            file.Offset = start;
            for (var read = 0; read < data.Length; file.Offset = start + read)
            {
                if (!await file.HasAsync(1))
                {
                    return false;
                }

                var part = file.Here[..Math.Min(file.Here.Length, data.Length - read)];
                part.CopyTo(data.AsSpan(read));
                read += part.Length;
            }

            file.Offset = end;
            return tables.CountsAll(data);
        }

        var isDead = isSuspicious && !tables.ZerosArePlain && await DeadBytes.AnyAsync(file, start, end, DeadBytes.InMovies);
        file.Offset = end;
        return !isDead;
    }
}
