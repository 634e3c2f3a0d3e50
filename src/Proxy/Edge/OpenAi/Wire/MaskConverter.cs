using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Turns the dialect's mask, a PNG whose see-through parts are repainted, into the unified one, a PNG whose white parts are. Works row by row, so that a
/// small file that unpacks to a huge picture costs no memory.
/// </summary>
internal static class MaskConverter
{
    private const int MaxSide = 8192;
    private const string NotPng = "The mask must be a PNG file.";
    private const string NoAlpha = "The mask must be a PNG with an alpha channel (8 bits, not interlaced); see-through parts are repainted.";
    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>Converts.</summary>
    /// <returns>What is wrong with the mask; null when it has been converted.</returns>
    public static string? Convert(ReadOnlyMemory<byte> png, Stream output)
    {
        var bytes = png.Span;
        if (bytes.Length < 33 || !bytes.StartsWith(Signature) || !bytes[12..16].SequenceEqual("IHDR"u8))
        {
            return NotPng;
        }

        var width = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        if (width is 0 or > MaxSide || height is 0 or > MaxSide)
        {
            return $"The mask must be 1 to {MaxSide} pixels wide and high.";
        }

        // Bit depth 8; grey with alpha, or colour with alpha; not interlaced.
        if (bytes[24] != 8 || bytes[25] is not (4 or 6) || bytes[28] != 0)
        {
            return NoAlpha;
        }

        using var packed = new MemoryStream();
        if (!CollectData(bytes, packed))
        {
            return NotPng;
        }

        packed.Position = 0;
        using var mask = new MemoryStream();
        try
        {
            using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
            using var repacked = new ZLibStream(mask, CompressionLevel.Fastest, leaveOpen: true);
            Rows(unpacked, repacked, (int)width, (int)height, bytes[25] == 6 ? 4 : 2);
        }
        catch (Exception e) when (e is InvalidDataException or IOException) // the second also where a preset dictionary is asked for
        {
            return NotPng;
        }

        Write(output, width, height, mask.GetBuffer().AsSpan(0, (int)mask.Length));
        return null;
    }

    private static bool CollectData(ReadOnlySpan<byte> png, MemoryStream data)
    {
        for (long at = 8; at + 12 <= png.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(png[(int)at..]);
            if (length > png.Length - at - 12)
            {
                return false;
            }

            var type = png.Slice((int)at + 4, 4);
            if (type.SequenceEqual("IDAT"u8))
            {
                data.Write(png.Slice((int)at + 8, (int)length));
            }
            else if (type.SequenceEqual("IEND"u8))
            {
                break;
            }

            at += length + 12;
        }

        return data.Length > 0;
    }

    private static void Rows(ZLibStream input, ZLibStream output, int width, int height, int channels)
    {
        var above = new byte[width * channels];
        var row = new byte[width * channels];
        var grey = new byte[width + 1]; // the first byte means "no filter"
        for (var y = 0; y < height; y++)
        {
            var filter = input.ReadByte();
            input.ReadExactly(row);
            Unfilter(filter, row, above, channels);
            for (var x = 0; x < width; x++)
            {
                grey[x + 1] = (byte)(255 - row[(x * channels) + channels - 1]);
            }

            output.Write(grey);
            (above, row) = (row, above);
        }
    }

    // PNG specification, 9.2.
    private static void Unfilter(int filter, byte[] row, byte[] above, int step)
    {
        for (var i = 0; i < row.Length; i++)
        {
            int left = i < step ? 0 : row[i - step], up = above[i], corner = i < step ? 0 : above[i - step];
            row[i] += (byte)(filter switch
            {
                0 => 0,
                1 => left,
                2 => up,
                3 => (left + up) / 2,
                4 => Paeth(left, up, corner),
                _ => throw new InvalidDataException("no such filter"),
            });
        }
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (a, b, c) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    private static void Write(Stream output, uint width, uint height, ReadOnlySpan<byte> data)
    {
        output.Write(Signature);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(header, width);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], height);
        header[8] = 8; // bits; all else is 0: grey, deflate, standard filters, not interlaced
        header[9..].Clear();
        Chunk(output, "IHDR"u8, header);
        Chunk(output, "IDAT"u8, data);
        Chunk(output, "IEND"u8, []);
    }

    private static void Chunk(Stream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(number, (uint)data.Length);
        output.Write(number);
        output.Write(type);
        output.Write(data);
        var sum = new Crc32();
        sum.Append(type);
        sum.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, sum.GetCurrentHashAsUInt32());
        output.Write(number);
    }
}
