using System.Buffers.Binary;

namespace Framegate.Proxy.Media.Whole;

/// <summary>One track of a movie: where its samples lie. Only what is compressed is looked at; raw sound and raw pictures may be all zeros.</summary>
/// <param name="budget">How many entries of tables may be remembered of the whole file.</param>
internal sealed class MovieTrack(MovieTrack.EntryBudget budget)
{
    private const int HeadOfPicture = 8;
    private const int HeadOfSound = 64;

    private static readonly HashSet<string> _noise =
        ["avc1", "avc2", "avc3", "avc4", "hvc1", "hev1", "dvh1", "dvhe", "dva1", "dvav", "vvc1", "vvi1", "av01", "vp08", "vp09"];

    // It may be motion JPEG as well, of which plain pictures are zeros.
    private const string Mpeg4 = "mp4v";

    private static readonly HashSet<string> _sounds = ["mp4a", "ac-3", "ec-3", "Opus", "fLaC", "alac", ".mp3"];

    // The frames of a steady rate are filled up with zeros where there is silence.
    private static readonly HashSet<string> _filled = ["ac-3", "ec-3", ".mp3"];
    private readonly List<long> _chunks = [];
    private readonly List<(long First, long Samples)> _groups = [];
    private readonly List<uint> _sizes = [];
    private uint _size;
    private long _count;

    /// <summary>The four letters of its coder; empty before they are met.</summary>
    public string Coder { get; private set; } = "";

    /// <summary>Whether nothing that its coder writes has long runs of zeros.</summary>
    public bool IsNoise => _noise.Contains(Coder) || (_sounds.Contains(Coder) && !_filled.Contains(Coder));

    /// <summary>Takes one of its tables.</summary>
    /// <returns>False when the file ends in it.</returns>
    public async ValueTask<bool> ReadAsync(ByteWalker file, string name, long end)
    {
        switch (name)
        {
            case "stsd" when await file.HasAsync(16) && file.Offset + 16 <= end:
                Coder = System.Text.Encoding.Latin1.GetString(file.Here.Slice(12, 4));
                return true;
            case "stco" or "co64":
                var width = name == "co64" ? 8 : 4;
                return await ReadEntriesAsync(file, end, 4, width, entry => _chunks.Add(width == 4 ? BinaryPrimitives.ReadUInt32BigEndian(entry) : BinaryPrimitives.ReadInt64BigEndian(entry)));
            case "stsc":
                return await ReadEntriesAsync(file, end, 4, 12, entry => _groups.Add((BinaryPrimitives.ReadUInt32BigEndian(entry), BinaryPrimitives.ReadUInt32BigEndian(entry[4..]))));
            case "stsz" when await file.HasAsync(12):
                (_size, _count) = ((uint)file.UInt32(4), file.UInt32(8));
                return _size != 0 || await ReadEntriesAsync(file, end, 8, 4, entry => _sizes.Add(BinaryPrimitives.ReadUInt32BigEndian(entry)));
            default:
                return true;
        }
    }

    /// <summary>The start of the last chunk; -1 where there is none.</summary>
    public long FarthestChunk => _chunks.Count == 0 ? -1 : _chunks.Max();

    /// <summary>Whether every sample is in the file, and is one that its coder can have written.</summary>
    public async ValueTask<bool> HasItsSamplesAsync(ByteWalker file)
    {
        var (isNoise, isPicture) = (_noise.Contains(Coder), _noise.Contains(Coder) || Coder == Mpeg4);
        if ((!isPicture && !_sounds.Contains(Coder)) || _groups.Count == 0 || (_size == 0 && _sizes.Count != _count) || _size is > 0 and < HeadOfPicture)
        {
            return true;
        }

        var (sample, group, seen) = (0L, 0, 0L);
        for (var chunk = 0; chunk < _chunks.Count; chunk++)
        {
            while (group + 1 < _groups.Count && _groups[group + 1].First <= chunk + 1)
            {
                group++;
            }

            var at = _chunks[chunk];
            for (var left = _groups[group].Samples; left > 0 && sample < _count; left--, sample++)
            {
                var size = _size == 0 ? _sizes[(int)sample] : _size;
                if ((seen += size) > file.Length || sample > EntryBudget.Most)
                {
                    // Samples that lie over one another: nothing that is worth reading the file again and again.
                    return true;
                }

                if (at < 0 || at + size > file.Length
                    || await DeadBytes.BeginsAsync(file, at, size, isPicture ? HeadOfPicture : HeadOfSound)
                    || (isNoise && size >= DeadBytes.InMovies && await DeadBytes.AnyAsync(file, at, at + size, DeadBytes.InMovies)))
                {
                    return false;
                }

                at += size;
            }
        }

        return true;
    }

    private delegate void Take(ReadOnlySpan<byte> entry);

    /// <summary>How many entries of tables are remembered of one file; a clip of hours has some hundred thousand.</summary>
    internal sealed class EntryBudget
    {
        /// <summary>The most of all.</summary>
        public const int Most = 4_000_000;

        private int _left = Most;

        /// <summary>Takes a part of it.</summary>
        /// <returns>As many as there are left.</returns>
        public int Take(long wanted)
        {
            var taken = (int)Math.Clamp(wanted, 0, _left);
            _left -= taken;
            return taken;
        }
    }

    private async ValueTask<bool> ReadEntriesAsync(ByteWalker file, long end, int countAt, int width, Take take)
    {
        if (!await file.HasAsync(countAt + 4))
        {
            return false;
        }

        var count = budget.Take(file.UInt32(countAt));
        for (file.Offset += countAt + 4; count > 0 && file.Offset + width <= end; count--)
        {
            if (!await file.HasAsync(width))
            {
                return false;
            }

            take(file.Here[..width]);
            file.Offset += width;
        }

        return true;
    }
}
