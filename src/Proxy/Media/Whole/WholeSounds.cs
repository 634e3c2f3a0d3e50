using System.Buffers.Binary;

namespace Framegate.Proxy.Media.Whole;

/// <summary>Where sounds end.</summary>
internal static class WholeSounds
{
    private const long Unknown = 0xffff_ffff;

    // Kilobits per second by the four bits of the header: MPEG 1 layer III, and MPEG 2 and 2.5.
    private static readonly int[] _rates1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] _rates2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] _hertz = [44100, 48000, 32000];

    /// <summary>WAV: chunks up to the end of <c>data</c>. A writer that could not seek back leaves sizes at 0 or at their maximum; its end cannot be determined.</summary>
    public static async ValueTask<bool> WavAsync(ByteWalker file)
    {
        for (file.Offset = 12; await file.HasAsync(8);)
        {
            var (isData, size) = (file.Is("data"u8), file.UInt32Little(4));
            if (isData && size is 0 or Unknown)
            {
                return file.Left > 8;
            }

            file.Offset += 8 + size + (isData ? 0 : size & 1);
            if (isData)
            {
                break;
            }
        }

        var end = file.Offset;
        file.Offset = 0;

        // Chunks behind the data belong to it as well, where the file states so.
        return end >= 12 && await file.HasAsync(8) && file.Length >= end && (file.UInt32Little(4) is 0 or Unknown || file.Length + 1 >= 8 + file.UInt32Little(4)) && end > 12;
    }

    /// <summary>Whether a whole WAV file has nothing but zeros for samples.</summary>
    public static async ValueTask<bool> IsSilentAsync(Stream stream, CancellationToken cancel)
    {
        using var file = new ByteWalker(stream, cancel);
        for (file.Offset = 12; await file.HasAsync(8); file.Offset += 8 + file.UInt32Little(4) + (file.UInt32Little(4) & 1))
        {
            if (!file.Is("data"u8))
            {
                continue;
            }

            var end = file.UInt32Little(4) is var size and not (0 or Unknown) ? file.Offset + 8 + size : file.Length;
            for (file.Offset += 8; file.Offset < end && await file.HasAsync(1);)
            {
                var count = (int)Math.Min(file.Here.Length, end - file.Offset);
                if (file.Here[..count].ContainsAnyExcept((byte)0))
                {
                    return false;
                }

                file.Offset += count;
            }

            return true;
        }

        return false;
    }

    /// <summary>MP3: frame by frame, from behind the first tag to the end or to the tags there; and all the bytes that the first frame counts.</summary>
    public static async ValueTask<bool> Mp3Async(ByteWalker file)
    {
        if (await file.HasAsync(10) && file.Is("ID3"u8))
        {
            var size = (file.Here[6] << 21) | (file.Here[7] << 14) | (file.Here[8] << 7) | file.Here[9];
            file.Offset = 10 + size + ((file.Here[5] & 0x10) == 0 ? 0 : 10);
        }

        while (await file.HasAsync(1) && file.Here[0] == 0)
        {
            file.Offset++; // padding of the tag
        }

        var (start, counted) = (file.Offset, (Frames: 0L, Bytes: 0L));
        for (var frames = 0; ; frames++)
        {
            if (!await file.HasAsync(4) || LengthOf(file.Here) is not (> 0 and var length))
            {
                return frames > 0 && frames >= counted.Frames && file.Offset - start >= counted.Bytes && (file.Left == 0 || await IsTagAsync(file));
            }

            if (frames == 0 && await file.HasAsync(Math.Min(length, 64)))
            {
                counted = CountedIn(file.Here[..Math.Min(length, 64)]);
            }

            file.Offset += length;
            if (file.Left < 0)
            {
                return false;
            }
        }
    }

    /// <summary>Ogg: page by page, the last of them marked as such.</summary>
    public static async ValueTask<bool> OggAsync(ByteWalker file)
    {
        var isLast = false;
        while (await file.HasAsync(27) && file.Is("OggS"u8))
        {
            isLast = (file.Here[5] & 4) != 0;
            var segments = file.Here[26];
            if (!await file.HasAsync(27 + segments))
            {
                return false;
            }

            var size = 27 + segments;
            foreach (var segment in file.Here.Slice(27, segments))
            {
                size += segment;
            }

            if (!await IsSumRightAsync(file, file.Offset, size))
            {
                return false;
            }
        }

        return isLast && file.Left == 0;
    }

    /// <summary>FLAC: blocks of facts, and a last frame that ends with the file and with the last sample.</summary>
    public static async ValueTask<bool> FlacAsync(ByteWalker file)
    {
        file.Offset = 4;
        if (!await file.HasAsync(4 + 34))
        {
            return false;
        }

        var info = file.Here.Slice(4, 34).ToArray();
        for (var isLast = false; !isLast;)
        {
            if (!await file.HasAsync(4))
            {
                return false;
            }

            isLast = (file.Here[0] & 0x80) != 0;
            file.Offset += 4 + (file.UInt32(0) & 0xff_ffff);
        }

        var first = file.Offset;
        file.Offset = Math.Max(first, file.Length - 60_000);
        return file.Left > 0 && await file.HasAsync((int)file.Left) && FlacFrame.EndsWith(file.Here[..(int)file.Left], info)
            && !await DeadBytes.AnyAsync(file, first, file.Length, DeadBytes.InPictures);
    }

    /// <summary>Whether the bytes of a page are those that were written. The walker is left behind it.</summary>
    private static async ValueTask<bool> IsSumRightAsync(ByteWalker file, long start, int size)
    {
        const int SumAt = 22;
        var (sum, stated) = (0u, (uint)file.UInt32Little(SumAt));
        for (var done = 0; done < size;)
        {
            var count = Math.Min(size - done, 16 * 1024);
            if (!await file.HasAsync(count))
            {
                return false;
            }

            if (done == 0)
            {
                sum = Checksums.Ogg(Checksums.Ogg(Checksums.Ogg(0, file.Here[..SumAt]), "\0\0\0\0"u8), file.Here[(SumAt + 4)..count]);
            }
            else
            {
                sum = Checksums.Ogg(sum, file.Here[..count]);
            }

            done += count;
            file.Offset = start + done;
        }

        return sum == stated;
    }

    private static async ValueTask<bool> IsTagAsync(ByteWalker file)
    {
        const int MostPadding = 1024;
        var count = (int)Math.Min(file.Left, MostPadding + 1);
        return await file.HasAsync(count) && ((file.Is("TAG"u8) && file.Left >= 128) || file.Is("APETAGEX"u8) || file.Is("ID3"u8) || file.Is("LYRICS"u8) 
            || (count <= MostPadding && file.Here[..count].IndexOfAnyExcept((byte)0) < 0));
    }

    /// <summary>The length of a frame; 0 for no frame.</summary>
    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        var (version, rate, hertz) = ((header[1] >> 3) & 3, header[2] >> 4, (header[2] >> 2) & 3);
        if (header[0] != 0xff || (header[1] & 0xe6) != 0xe2 || version == 1 || rate is 0 or 15 || hertz == 3)
        {
            return 0;
        }

        var perSecond = (version == 3 ? _rates1 : _rates2)[rate] * 1000;
        var samples = _hertz[hertz] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
        return ((version == 3 ? 144 : 72) * perSecond / samples) + ((header[2] >> 1) & 1);
    }

    /// <summary>How many frames and bytes there are, as the first frame counts them (Xing, Info, VBRI); 0 for what it does not count.</summary>
    private static (long Frames, long Bytes) CountedIn(ReadOnlySpan<byte> frame)
    {
        if (frame.IndexOf("VBRI"u8) is var fraunhofer and >= 0 && frame.Length >= fraunhofer + 18)
        {
            return (BinaryPrimitives.ReadUInt32BigEndian(frame[(fraunhofer + 14)..]), BinaryPrimitives.ReadUInt32BigEndian(frame[(fraunhofer + 10)..]));
        }

        var at = frame.IndexOf("Xing"u8) is var xing and >= 0 ? xing : frame.IndexOf("Info"u8);
        if (at < 0 || frame.Length < at + 16)
        {
            return default;
        }

        var (flags, next) = (frame[at + 7], at + 8);
        var frames = (flags & 1) == 0 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(frame[next..]);
        next += (flags & 1) == 0 ? 0 : 4;
        return (frames, (flags & 2) == 0 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(frame[next..]));
    }
}
