namespace Framegate.Proxy.Media.Whole;

/// <summary>Where WebM and Matroska end: each element is there to the end that it claims. Browsers write clips whose outer elements do not state their length.</summary>
internal static class WholeMatroska
{
    private const long Segment = 0x18538067;
    private const long Cluster = 0x1f43b675;
    private const long Tracks = 0x1654ae6b;
    private const long SimpleBlock = 0xa3;
    private const long BlockGroup = 0xa0;
    private const long Block = 0xa1;
    private const long TrackEntry = 0xae;
    private const long TrackNumber = 0xd7;
    private const long CodecId = 0x86;
    private const int MostTracks = 127;
    private static readonly string[] _noise = ["V_VP8", "V_VP9", "V_AV1", "V_MPEG4/ISO/AVC", "V_MPEGH/ISO/HEVC"];
    private static readonly string[] _sounds = ["A_OPUS", "A_AAC", "A_MPEG/L3", "A_FLAC", "A_AC3"];

    public static async ValueTask<bool> ReadAsync(ByteWalker file)
    {
        var (hasTracks, hasData, endsWithPromise) = (false, false, false);
        var (number, coders) = (0, new Dictionary<int, string>());
        while (file.Left > 0)
        {
            if (await ReadHeadAsync(file) is not var (id, size, header))
            {
                return false;
            }

            hasTracks |= id == Tracks;
            var isBlock = id is SimpleBlock or BlockGroup;
            hasData |= isBlock || (id == Cluster && size > 0);

            // A cluster that is written live begins with its time; there is nothing to see before its first block.
            endsWithPromise = (id == Cluster && size is null) || (endsWithPromise && !isBlock);
            if (size > file.Left - header)
            {
                return false;
            }

            var (body, length) = (file.Offset + header, size ?? 0);
            if (id is TrackNumber or CodecId && hasTracks && length is > 0 and < 64 && await file.HasAsync((int)(header + length)))
            {
                var value = file.Here.Slice(header, (int)length);
                if (id == TrackNumber)
                {
                    number = value[^1];
                }
                else
                {
                    coders[number] = System.Text.Encoding.Latin1.GetString(value).TrimEnd('\0');
                }
            }
            else if (id is SimpleBlock or Block && await IsDeadAsync(file, body, length, coders))
            {
                return false;
            }

            // The children of these come next.
            file.Offset = body + (id is Segment or Cluster or Tracks or TrackEntry or BlockGroup ? 0 : size ?? long.MaxValue / 2);
        }

        return hasTracks && hasData && !endsWithPromise && file.Left == 0;
    }

    /// <summary>Whether a block has zeros where its coder writes none.</summary>
    private static async ValueTask<bool> IsDeadAsync(ByteWalker file, long body, long length, Dictionary<int, string> coders)
    {
        const int Head = 4;
        file.Offset = body;
        if (length <= Head || !await file.HasAsync(Head) || !coders.TryGetValue(file.Here[0] & MostTracks, out var coder))
        {
            return false;
        }

        const int Laced = 6;
        var (isPicture, isLaced) = (_noise.Contains(coder), (file.Here[3] & Laced) != 0);
        return (isPicture || _sounds.Contains(coder)) && !isLaced
            && (await DeadBytes.BeginsAsync(file, body + Head, length - Head, isPicture ? 8 : 64)
                || (isPicture && length >= DeadBytes.InMovies && await DeadBytes.AnyAsync(file, body + Head, body + length, DeadBytes.InMovies)));
    }

    private static async ValueTask<(long Id, long? Size, int Header)?> ReadHeadAsync(ByteWalker file)
    {
        if (!await file.HasAsync((int)Math.Min(file.Left, 12)))
        {
            return null;
        }

        var idLength = LengthOf(file.Here[0]);
        if (idLength is 0 or > 4 || file.Left <= idLength)
        {
            return null;
        }

        var sizeLength = LengthOf(file.Here[idLength]);
        if (sizeLength == 0 || file.Left < idLength + sizeLength)
        {
            return null;
        }

        long id = 0;
        foreach (var part in file.Here[..idLength])
        {
            id = (id << 8) | part;
        }

        long size = file.Here[idLength] & ((1 << (8 - sizeLength)) - 1);
        foreach (var part in file.Here.Slice(idLength + 1, sizeLength - 1))
        {
            size = (size << 8) | part;
        }

        return (id, size == (1L << (7 * sizeLength)) - 1 ? null : size, idLength + sizeLength);
    }

    private static int LengthOf(byte first) => first == 0 ? 0 : System.Numerics.BitOperations.LeadingZeroCount((uint)first) - 23;
}
