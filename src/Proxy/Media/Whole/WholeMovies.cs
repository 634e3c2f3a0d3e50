using System.Buffers.Binary;

namespace Framegate.Proxy.Media.Whole;

/// <summary>Where files of ISO boxes end: MP4, MOV, M4A, AVIF, HEIC. Each box is there to the end that it claims, and so are those without which there is nothing to see.</summary>
internal static class WholeMovies
{
    /// <summary>A movie: its index, its data, the data as far as the index leads, and no dead bytes in it.</summary>
    public static async ValueTask<bool> MovieAsync(ByteWalker file)
    {
        var seen = new Boxes();
        return await WalkAsync(file, file.Length, seen, depth: 0) && seen.HasIndex && seen.HasData && !seen.EndsWithPromise
            && seen.FarthestByte < file.Length && seen.Tracks.TrueForAll(t => t.FarthestChunk < file.Length) && await IsAliveAsync(file, seen);
    }

    /// <summary>A picture: its facts, and its data.</summary>
    public static async ValueTask<bool> PictureAsync(ByteWalker file)
    {
        var seen = new Boxes();
        return await WalkAsync(file, file.Length, seen, depth: 0) && seen.HasFacts && seen.HasData && !await AnyDeadAsync(file, seen, DeadBytes.InPictures);
    }

    private static async ValueTask<bool> IsAliveAsync(ByteWalker file, Boxes seen)
    {
        foreach (var track in seen.Tracks)
        {
            if (!await track.HasItsSamplesAsync(file))
            {
                return false;
            }
        }

        // Where the samples of a movie in pieces lie is not followed.
        return !seen.IsInPieces || seen.Tracks.Count == 0 || !seen.Tracks.TrueForAll(t => t.IsNoise) || !await AnyDeadAsync(file, seen, DeadBytes.InMovies);
    }

    private static async ValueTask<bool> AnyDeadAsync(ByteWalker file, Boxes seen, int run)
    {
        foreach (var (from, to) in seen.Data)
        {
            if (await DeadBytes.AnyAsync(file, from, to, run))
            {
                return true;
            }
        }

        return false;
    }

    private static async ValueTask<bool> WalkAsync(ByteWalker file, long end, Boxes seen, int depth)
    {
        while (file.Offset < end)
        {
            var at = file.Offset;
            if (end - at < 8 || !await file.HasAsync(8))
            {
                return depth > 0; // a terminator of QuickTime; at the end of a file it is the start of a box
            }

            var (size, name, header) = (file.UInt32(0), System.Text.Encoding.Latin1.GetString(file.Here.Slice(4, 4)), 8);
            if (!name.All(c => c is >= ' ' and <= '~' or '\u00a9'))
            {
                return depth > 0 || seen.IsComplete; // padding
            }

            if (size == 1)
            {
                if (!await file.HasAsync(16))
                {
                    return false;
                }

                (size, header) = (BinaryPrimitives.ReadInt64BigEndian(file.Here[8..]), 16);
            }
            else if (size == 0)
            {
                size = end - at; // to the end, wherever that is
            }

            if (size < header || size > end - at)
            {
                return false;
            }

            if (depth == 0)
            {
                seen.Note(name, at + header, at + size);
            }

            file.Offset = at + header;
            if (name == "trak")
            {
                seen.Begin();
            }

            if (name is "moov" or "trak" or "mdia" or "minf" or "stbl" && depth < 6)
            {
                if (!await WalkAsync(file, at + size, seen, depth + 1))
                {
                    return false;
                }
            }
            else if (name == "sidx" && depth == 0)
            {
                if (!await file.HasAsync((int)Math.Min(size - header, 32 * 1024)))
                {
                    return false;
                }

                seen.FarthestByte = Math.Max(seen.FarthestByte, at + size + IndexedBytes(file.Here[..(int)Math.Min(size - header, 32 * 1024)]) - 1);
            }
            else if (depth > 0 && seen.Track is { } track && !await track.ReadAsync(file, name, at + size))
            {
                return false;
            }

            file.Offset = at + size;
        }

        return true;
    }

    /// <summary>How many bytes behind it an index of segments names; an index of more than fits is taken as far as it was read.</summary>
    private static long IndexedBytes(ReadOnlySpan<byte> index)
    {
        var head = index.Length > 0 && index[0] == 0 ? 24 : 32;
        if (index.Length < head)
        {
            return 0;
        }

        var first = head == 24 ? BinaryPrimitives.ReadUInt32BigEndian(index[16..]) : BinaryPrimitives.ReadInt64BigEndian(index[20..]);
        var (count, sum) = (BinaryPrimitives.ReadUInt16BigEndian(index[(head - 2)..]), Math.Clamp(first, 0, long.MaxValue / 4));
        for (var at = head; count > 0 && at + 12 <= index.Length; at += 12, count--)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(index[at..]) & 0x7fff_ffff;
        }

        return sum;
    }

    /// <summary>What has been met on the way.</summary>
    private sealed class Boxes
    {
        private const int MostTracks = 64;
        private const int MostData = 65536;
        private readonly MovieTrack.EntryBudget _budget = new();

        public bool HasIndex { get; private set; }

        public bool HasFacts { get; private set; }

        public bool HasData { get; private set; }

        public bool EndsWithPromise { get; private set; }

        public bool IsInPieces { get; private set; }

        public long FarthestByte { get; set; } = -1;

        public List<MovieTrack> Tracks { get; } = [];

        /// <summary>The one that is being read; null for none, and for those that nobody looks at any more.</summary>
        public MovieTrack? Track { get; private set; }

        public List<(long From, long To)> Data { get; } = [];

        public bool IsComplete => HasData && (HasIndex || HasFacts) && !EndsWithPromise;

        /// <summary>A track begins.</summary>
        public void Begin()
        {
            Track = Tracks.Count < MostTracks ? new MovieTrack(_budget) : null;
            if (Track is not null)
            {
                Tracks.Add(Track);
            }
        }

        public void Note(string name, long from, long to)
        {
            if (name == "mdat" && Data.Count < MostData)
            {
                Data.Add((from, to));
            }

            HasIndex |= name == "moov";
            HasFacts |= name == "meta";
            HasData |= name == "mdat" && to > from;
            IsInPieces |= name == "moof";

            // A fragment's index comes before its data.
            EndsWithPromise = name == "moof" || (EndsWithPromise && name != "mdat");
        }
    }
}
