using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;

namespace Framegate.Proxy.Media;

/// <summary>
/// Takes the place where a picture was made out of its metadata, in place: the GPS directory of EXIF in JPEG, PNG, WebP, HEIC and AVIF is emptied and its entry dropped, and
/// GPS properties of XMP are blanked. Length, pixels, orientation and all else stay as they are.
/// </summary>
internal static partial class ImageLocation
{
    private const int MostPieces = 4096;
    private const int LargestPiece = 1024 * 1024;
    private const ushort GpsDirectory = 0x8825;

    /// <summary>Takes it out of a file.</summary>
    /// <param name="file">A stream that can seek, read and write; its position is back at the start afterwards.</param>
    /// <returns>True when something was taken out. Never throws because of the content.</returns>
    /// <remarks>Only the heads of its pieces and the metadata are read, some kilobytes, so that nobody waits for it.</remarks>
    public static bool Erase(Stream file)
    {
        var head = Read(file, 0, 12);
        var changed = head is [0xff, 0xd8, 0xff, ..] ? Jpeg(file)
            : head is [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ..] ? Png(file)
            : head.AsSpan().StartsWith("RIFF"u8) && head.AsSpan(8).SequenceEqual("WEBP"u8) ? Webp(file)
            : HeifLocation.Is(head) && Heif(file);
        file.Position = 0;
        return changed;
    }

    /// <summary>Takes it out of a file that is in memory. As <see cref="Erase(Stream)"/>.</summary>
    public static bool Erase(byte[] file)
    {
        using var stream = new MemoryStream(file);
        return Erase(stream);
    }

    private static bool Jpeg(Stream file)
    {
        var changed = false;
        long offset = 2;
        for (var i = 0; i < MostPieces && Read(file, offset, 4) is [0xff, var marker and not (0xda or 0xd9), _, _] segment; i++)
        {
            if (marker == 0xff || marker is 0x01 or (>= 0xd0 and <= 0xd8))
            {
                offset += marker == 0xff ? 1 : 2;
                continue;
            }

            var length = Math.Max(2, (int)BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2)));
            if (marker == 0xe1 && Read(file, offset + 4, length - 2) is { Length: > 6 } body
                && (body.AsSpan().StartsWith("Exif\0\0"u8) ? EraseExif(body.AsSpan(6)) : body.AsSpan().StartsWith("http://ns.adobe.com/x"u8) && EraseXmp(body)))
            {
                Write(file, offset + 4, body);
                changed = true;
            }

            offset += 2 + length;
        }

        return changed;
    }

    private static bool Png(Stream file)
    {
        var changed = false;
        long offset = 8;
        for (var i = 0; i < MostPieces && Read(file, offset, 8) is { Length: 8 } chunk; i++)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk);
            var isExif = chunk.AsSpan(4).SequenceEqual("eXIf"u8);
            if ((isExif || chunk.AsSpan(4).SequenceEqual("iTXt"u8)) && length <= LargestPiece && Read(file, offset + 4, (int)length + 8) is { Length: > 8 } piece
                && (isExif ? EraseExif(piece.AsSpan(4..^4)) : piece.AsSpan(4).StartsWith("XML:com.adobe.xmp\0\0"u8) && EraseXmp(piece.AsSpan(4..^4))))
            {
                BinaryPrimitives.WriteUInt32BigEndian(piece.AsSpan(^4..), Crc32.HashToUInt32(piece.AsSpan(..^4)));
                Write(file, offset + 4, piece);
                changed = true;
            }

            offset += 12L + length;
        }

        return changed;
    }

    private static bool Webp(Stream file)
    {
        var changed = false;
        long offset = 12;
        for (var i = 0; i < MostPieces && Read(file, offset, 8) is { Length: 8 } chunk; i++)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(4));
            var isExif = chunk.AsSpan().StartsWith("EXIF"u8);
            if ((isExif || chunk.AsSpan().StartsWith("XMP "u8)) && length <= LargestPiece && Read(file, offset + 8, (int)length) is { Length: > 6 } body
                && (isExif ? EraseExif(body.AsSpan().StartsWith("Exif\0\0"u8) ? body.AsSpan(6) : body) : EraseXmp(body)))
            {
                Write(file, offset + 8, body);
                changed = true;
            }

            offset += 8L + length + (length & 1);
        }

        return changed;
    }

    private static bool Heif(Stream file)
    {
        var changed = false;
        foreach (var item in HeifLocation.Find((offset, count) => Read(file, offset, count), LargestPiece))
        {
            var body = Read(file, item.Offset, item.Length);
            var tiff = item.IsExif && body.Length > 4 ? 4L + BinaryPrimitives.ReadUInt32BigEndian(body) : 0;
            if (item.IsExif ? tiff is > 0 && tiff < body.Length && EraseExif(body.AsSpan((int)tiff)) : EraseXmp(body))
            {
                Write(file, item.Offset, body);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>Empties the GPS directory of an EXIF block (TIFF), and drops the entry that leads to it.</summary>
    internal static bool EraseExif(Span<byte> tiff)
    {
        if (tiff.Length < 8 || !(tiff.StartsWith("II*\0"u8) || tiff.StartsWith("MM\0*"u8)))
        {
            return false;
        }

        var little = tiff[0] == 'I';
        var first = (long)UInt32(tiff[4..], little);
        if (Entries(tiff, first, little) is not { } count)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            var entry = (int)first + 2 + (i * 12);
            if (UInt16(tiff[entry..], little) != GpsDirectory)
            {
                continue;
            }

            EraseDirectory(tiff, UInt32(tiff[(entry + 8)..], little), little);

            // What follows moves up, the address of the next directory with it.
            var end = Math.Min((int)first + 2 + (count * 12) + 4, tiff.Length);
            tiff[(entry + 12)..end].CopyTo(tiff[entry..]);
            tiff[(end - 12)..end].Clear();
            if (little)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(tiff[(int)first..], (ushort)(count - 1));
            }
            else
            {
                BinaryPrimitives.WriteUInt16BigEndian(tiff[(int)first..], (ushort)(count - 1));
            }

            return true;
        }

        return false;
    }

    private static void EraseDirectory(Span<byte> tiff, long at, bool little)
    {
        if (Entries(tiff, at, little) is not { } count)
        {
            return;
        }

        for (var i = 0; i < count; i++)
        {
            var entry = tiff[((int)at + 2 + (i * 12))..];
            long size = UInt16(entry[2..], little) switch { 3 or 8 => 2, 4 or 9 or 11 or 13 => 4, 5 or 10 or 12 => 8, _ => 1 };
            size *= UInt32(entry[4..], little);
            var value = (long)UInt32(entry[8..], little);

            // Not into the header, whatever it claims; what lies beyond the block is not ours.
            if (size > 4 && value >= 8 && value + size <= tiff.Length && (value + size <= at || value >= at))
            {
                tiff.Slice((int)value, (int)size).Clear();
            }
        }

        tiff.Slice((int)at, 2 + (count * 12)).Clear();
    }

    /// <summary>How many entries a directory has; null when it does not lie in the block.</summary>
    private static int? Entries(ReadOnlySpan<byte> tiff, long at, bool little) =>
        at >= 8 && at + 2 <= tiff.Length && UInt16(tiff[(int)at..], little) is var count && at + 2 + (count * 12) <= tiff.Length ? count : null;

    private static bool EraseXmp(Span<byte> xmp)
    {
        if (xmp.IndexOf("GPS"u8) < 0)
        {
            return false;
        }

        // One character for each byte, so that places are the same.
        var changed = false;
        foreach (Match match in GpsProperty().Matches(Encoding.Latin1.GetString(xmp)))
        {
            var value = match.Groups[1].Success ? match.Groups[1] : match.Groups[2];
            var place = xmp.Slice(value.Index, value.Length);
            changed |= place.ContainsAnyExcept((byte)' ');
            place.Fill((byte)' ');
        }

        return changed;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) => little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    /// <summary>A piece of the file; empty unless all of it is there.</summary>
    private static byte[] Read(Stream file, long offset, int count)
    {
        if (count <= 0 || offset < 0 || offset > file.Length - count)
        {
            return [];
        }

        var bytes = new byte[count];
        file.Position = offset;
        return file.ReadAtLeast(bytes, count, throwOnEndOfStream: false) == count ? bytes : [];
    }

    private static void Write(Stream file, long offset, byte[] bytes)
    {
        file.Position = offset;
        file.Write(bytes);
    }

    [GeneratedRegex("""[:<]GPS[A-Za-z]*(?:\s*=\s*["']([^"'<]*)["']|[^<>]*>([^<]*)<)""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex GpsProperty();
}
