using System.Buffers.Binary;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media.Probe;

/// <content>MP4 and MOV: ISO/IEC 14496-12, boxes inside boxes.</content>
internal static partial class MediaProbe
{
    private static async ValueTask<MediaFacts> ReadMp4Async(MediaProbeReader reader, ReadOnlyMemory<byte> header)
    {
        var brand = header.Length >= 12 ? Name(header.Span[8..12]) : "";
        if (brand is "avif" or "avis")
        {
            return new MediaFacts("image/avif", MediaType.Image);
        }

        if (brand is "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "hevm" or "hevs" or "mif1" or "msf1")
        {
            return new MediaFacts("image/heic", MediaType.Image);
        }

        var movie = new Movie();
        await WalkAsync(reader, 0, reader.Length, movie);
        if (brand.StartsWith("M4A", StringComparison.Ordinal) || (movie.Tracks > 0 && movie.Width is null))
        {
            return new MediaFacts("audio/mp4", MediaType.Audio, Duration: movie.Duration);
        }

        return new MediaFacts(brand == "qt  " ? "video/quicktime" : "video/mp4", MediaType.Video, movie.Width, movie.Height, movie.Duration);
    }

    private static async ValueTask WalkAsync(MediaProbeReader reader, long offset, long end, Movie movie)
    {
        while (offset + 8 <= end && reader.Step())
        {
            var box = await reader.ReadAsync(offset, 8);
            if (box.IsEmpty)
            {
                return;
            }

            long headerLength = 8;
            long size = BinaryPrimitives.ReadUInt32BigEndian(box.Span);
            if (size == 1)
            {
                var large = await reader.ReadAsync(offset + 8, 8);
                headerLength = 16;
                size = large.IsEmpty ? 0 : BinaryPrimitives.ReadInt64BigEndian(large.Span);
            }
            else if (size == 0)
            {
                size = end - offset; // to the end
            }

            if (size < headerLength || size > end - offset)
            {
                return;
            }

            var body = offset + headerLength;
            offset += size;
            switch (Name(box.Span[4..]))
            {
                // Only these two are entered, and neither nests in itself, so the depth is bounded.
                case "moov" when movie.Depth == 0:
                case "trak" when movie.Depth == 1:
                    movie.Depth++;
                    await WalkAsync(reader, body, offset, movie);
                    movie.Depth--;
                    break;
                case "mvhd" when movie.Depth == 1:
                    movie.ReadHeader((await reader.ReadAsync(body, (int)Math.Min(offset - body, 32))).Span);
                    break;
                case "tkhd" when movie.Depth == 2:
                    movie.ReadTrack((await reader.ReadAsync(body, (int)Math.Min(offset - body, 96))).Span);
                    break;
            }

            if (movie.Depth == 0 && movie.Duration is not null && movie.Tracks > 0)
            {
                return;
            }
        }
    }

    /// <summary>What has been found so far.</summary>
    private sealed class Movie
    {
        public int Depth { get; set; }

        public int Tracks { get; private set; }

        public int? Width { get; private set; }

        public int? Height { get; private set; }

        public double? Duration { get; private set; }

        public void ReadHeader(ReadOnlySpan<byte> mvhd)
        {
            var large = mvhd.Length > 0 && mvhd[0] == 1; // version 1: 64-bit times
            if (mvhd.Length < (large ? 32 : 20))
            {
                return;
            }

            var timescale = BinaryPrimitives.ReadUInt32BigEndian(mvhd[(large ? 20 : 12)..]);
            var duration = large ? BinaryPrimitives.ReadUInt64BigEndian(mvhd[24..]) : BinaryPrimitives.ReadUInt32BigEndian(mvhd[16..]);
            var unknown = large ? ulong.MaxValue : uint.MaxValue;
            Duration = timescale == 0 || duration == 0 || duration == unknown ? null : (double)duration / timescale;
        }

        public void ReadTrack(ReadOnlySpan<byte> tkhd)
        {
            var size = tkhd.Length > 0 && tkhd[0] == 1 ? 88 : 76;
            if (tkhd.Length < size + 8)
            {
                return;
            }

            // 16.16 fixed point; a track that is not seen has no size.
            Tracks++;
            var width = Pixels(BinaryPrimitives.ReadUInt32BigEndian(tkhd[size..]) >> 16);
            var height = Pixels(BinaryPrimitives.ReadUInt32BigEndian(tkhd[(size + 4)..]) >> 16);
            if (width is not null && height is not null && (long)width * height > (long)(Width ?? 0) * (Height ?? 0))
            {
                Width = width;
                Height = height;
            }
        }
    }
}
