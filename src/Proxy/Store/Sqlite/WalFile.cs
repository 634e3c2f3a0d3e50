using System.Buffers.Binary;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// Reads the log of a database beyond a damaged frame, where SQLite stops. A frame's checksum goes on from the one that is stored in the frame before, so each
/// frame can be judged by its neighbour; each holds a whole page.
/// </summary>
internal static class WalFile
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;
    private const uint Magic = 0x377f0682;

    /// <summary>Puts the pages of every good frame up to the last good commit into a copy of the database file.</summary>
    /// <param name="path">The log.</param>
    /// <param name="image">The copy.</param>
    /// <param name="pageSize">The size of its pages.</param>
    /// <returns>How many frames before that commit are damaged.</returns>
    public static int Apply(string path, FileStream image, int pageSize)
    {
        if (!File.Exists(path))
        {
            return 0;
        }

        using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[HeaderLength];
        if (log.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return 0;
        }

        // A header that is damaged: all frames of this log have the first one's salt.
        var (first, second) = Sum(header.AsSpan(0, 24), 0, 0, IsBigEndian(header));
        var headerIsGood = (Read(header) & ~1u) == Magic && (first, second) == (Read(header.AsSpan(24)), Read(header.AsSpan(28)));
        var big = headerIsGood && IsBigEndian(header);
        var frame = new byte[FrameHeaderLength + pageSize];
        var good = new List<(long Offset, uint Page, uint Size)>();
        var (all, lastCommit, previous) = (0, 0, (A: Read(header.AsSpan(24)), B: Read(header.AsSpan(28))));


        // No page of a file lies further away than that.
        var most = (uint)((image.Length + log.Length) / pageSize) + 1;
        byte[]? salt = headerIsGood ? header[16..24] : null;
        for (long offset = HeaderLength; log.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; offset += frame.Length)
        {
            salt ??= frame[8..16];
            var page = Read(frame);
            var own = (Read(frame.AsSpan(16)), Read(frame.AsSpan(20)));
            var sum = Sum(frame.AsSpan(0, 8), previous.A, previous.B, big);
            sum = Sum(frame.AsSpan(FrameHeaderLength), sum.A, sum.B, big);
            if (frame.AsSpan(8, 8).SequenceEqual(salt))
            {
                all++;
                if (page > 0 && page <= most && (sum == own || (!headerIsGood && all == 1)))
                {
                    good.Add((offset + FrameHeaderLength, page, Read(frame.AsSpan(4))));
                    lastCommit = good[^1].Size is > 0 && good[^1].Size <= most ? good.Count : lastCommit;
                }
            }

            previous = own;
        }

        var bytes = new byte[pageSize];
        foreach (var (offset, page, _) in good.Take(lastCommit))
        {
            log.Position = offset;
            log.ReadExactly(bytes);
            image.Position = (page - 1L) * pageSize;
            image.Write(bytes);
        }

        if (lastCommit > 0)
        {
            image.SetLength((long)good[lastCommit - 1].Size * pageSize);
        }

        image.Flush();
        return all - good.Count;
    }

    private static bool IsBigEndian(byte[] header) => (Read(header) & 1) != 0;

    private static uint Read(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static (uint A, uint B) Sum(ReadOnlySpan<byte> bytes, uint a, uint b, bool bigEndian)
    {
        unchecked
        {
            for (var i = 0; i < bytes.Length; i += 8)
            {
                a += (bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[i..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[i..])) + b;
                b += (bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(i + 4)..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i + 4)..])) + a;
            }

            return (a, b);
        }
    }
}
