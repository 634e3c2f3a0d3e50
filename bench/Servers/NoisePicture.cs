using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace Framegate.Bench.Servers;

/// <summary>Pictures of a given size in bytes, which no compression makes smaller.</summary>
internal static class NoisePicture
{
    private const int Width = 1000;
    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>A grey PNG of about so many bytes; the same each time.</summary>
    public static byte[] Png(int bytes)
    {
        var (width, height) = bytes < Width ? (1, Math.Max(bytes, 1)) : (Width, bytes / (Width + 1));
        var rows = new byte[(width + 1) * height];
        new Random(bytes).NextBytes(rows);
        for (var y = 0; y < height; y++)
        {
            rows[y * (width + 1)] = 0;
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.NoCompression, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        using var png = new MemoryStream();
        png.Write(s_signature);
        Chunk(png, "IHDR"u8, header);
        Chunk(png, "IDAT"u8, packed.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        var sum = new Crc32();
        sum.Append(type);
        sum.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, sum.GetCurrentHashAsUInt32());
        png.Write(number);
    }
}
