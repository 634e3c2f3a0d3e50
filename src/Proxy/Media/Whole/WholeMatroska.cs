namespace Framegate.Proxy.Media.Whole;

/// <summary>Where WebM and Matroska end: each element is there to the end that it claims. Browsers write clips whose outer elements do not say how long they are.</summary>
internal static class WholeMatroska
{
    private const long Segment = 0x18538067;
    private const long Cluster = 0x1f43b675;
    private const long Tracks = 0x1654ae6b;
    private const long SimpleBlock = 0xa3;
    private const long BlockGroup = 0xa0;

    public static async ValueTask<bool> ReadAsync(ByteWalker file)
    {
        var (hasTracks, hasData, endsWithPromise) = (false, false, false);
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

            // Of what does not say how long it is, and of the segment, the children come next.
            file.Offset += header + (id == Segment || (id == Cluster && size is null) ? 0 : size ?? long.MaxValue / 2);
        }

        return hasTracks && hasData && !endsWithPromise && file.Left == 0;
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
