using System.Text;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media.Probe;

/// <summary>Determines from the header of a file what it is. The bytes decide, since a provider's Content-Type is often generic.</summary>
internal static partial class MediaProbe
{
    private const int HeaderLength = 64;

    /// <summary>Reads the header of a file.</summary>
    /// <param name="stream">A seekable stream; its position is back at the start afterwards.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <returns>What it is; null when it is none of PNG, JPEG, GIF, WebP, SVG, AVIF, HEIC, MP4, MOV, WebM, WAV, MP3, OGG, FLAC.
    /// Never throws because of the content.</returns>
    public static async ValueTask<MediaFacts?> ReadAsync(Stream stream, CancellationToken cancel)
    {
        var reader = new MediaProbeReader(stream, cancel);
        var header = await reader.ReadAsync(0, (int)Math.Min(reader.Length, HeaderLength));
        var facts = ReadImage(header.Span)
            ?? ReadSound(header.Span)
            ?? (Is(header.Span, 0, [0xff, 0xd8, 0xff]) ? await ReadJpegAsync(reader)
                : Is(header.Span, 4, "ftyp"u8) ? await ReadMp4Async(reader, header)
                : Is(header.Span, 0, "RIFF"u8) && Is(header.Span, 8, "WAVE"u8) ? await ReadWavAsync(reader)
                : await ReadSvgAsync(reader, header));
        stream.Position = 0;
        return facts;
    }

    /// <summary>Whether files of this kind begin with what <see cref="ReadAsync"/> knows, so that bytes without it are none.</summary>
    /// <param name="soundType">A media type of sound, lower case.</param>
    /// <returns>False for raw samples and for kinds that are not read here.</returns>
    public static bool HasHeader(string soundType) => soundType is
        "audio/mpeg" or "audio/mp3" or "audio/x-mpeg" or "audio/mpeg3" or "audio/wav" or "audio/x-wav" or "audio/wave" or "audio/vnd.wave" or "audio/ogg" or "audio/opus" or "audio/vorbis"
        or "audio/flac" or "audio/x-flac" or "audio/mp4" or "audio/m4a" or "audio/x-m4a" or "audio/webm";

    private static MediaFacts? ReadSound(ReadOnlySpan<byte> header)
    {
        if (Is(header, 0, [0x1a, 0x45, 0xdf, 0xa3]))
        {
            // EBML: WebM is a Matroska file that names itself so.
            return header.IndexOf("matroska"u8) >= 0 ? new("video/x-matroska", MediaType.Video) : new("video/webm", MediaType.Video);
        }

        return Is(header, 0, "OggS"u8) ? new("audio/ogg", MediaType.Audio)
            : Is(header, 0, "fLaC"u8) ? new("audio/flac", MediaType.Audio)
            : Is(header, 0, "ID3"u8) || IsMp3Frame(header) ? new("audio/mpeg", MediaType.Audio)
            : null;
    }

    private static bool IsMp3Frame(ReadOnlySpan<byte> header) =>
        header.Length >= 4
        && header[0] == 0xff
        && (header[1] & 0xe0) == 0xe0          // sync
        && (header[1] & 0x18) != 0x08          // version: 01 is reserved
        && (header[1] & 0x06) == 0x02          // layer III
        && (header[2] & 0xf0) is not (0 or 0xf0) // bit rate: free and bad
        && (header[2] & 0x0c) != 0x0c;         // sampling rate: 11 is reserved

    private static bool Is(ReadOnlySpan<byte> bytes, int offset, ReadOnlySpan<byte> magic) =>
        bytes.Length >= offset + magic.Length && bytes.Slice(offset, magic.Length).SequenceEqual(magic);

    /// <summary>A size from a header: absurd ones count as not there.</summary>
    private static int? Pixels(long size) => size is > 0 and <= 1_000_000 ? (int)size : null;

    private static string Name(ReadOnlySpan<byte> fourCharacters) => Encoding.Latin1.GetString(fourCharacters);
}
