using System.Buffers.Binary;
using System.IO.Compression;
using CsCheck;
using Framegate.Proxy.Edge.OpenAi.Wire;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>A mask that is turned the wrong way round repaints what should stay, and is paid for.</summary>
public sealed class MaskConverterTests
{
    private static readonly Gen<(int Width, int Height, int Channels, int Filter, byte[] Pixels)> _masks =
        from width in Gen.Int[1, 9]
        from height in Gen.Int[1, 9]
        from channels in Gen.Bool.Select(colour => colour ? 4 : 2)
        from filter in Gen.Int[0, 4]
        from pixels in Gen.Byte.Array[width * height * channels]
        select (width, height, channels, filter, pixels);

    [Fact]
    public void Convert_AnyPicture_SeeThroughBecomesWhite() => _masks.Sample(mask =>
    {
        using var output = new MemoryStream();
        Assert.Null(MaskConverter.Convert(Png(mask.Width, mask.Height, mask.Channels, mask.Filter, mask.Pixels), output));

        var grey = Unpack(output.ToArray(), out var width, out var height);
        Assert.Equal((mask.Width, mask.Height), (width, height));
        for (var i = 0; i < mask.Width * mask.Height; i++)
        {
            var row = i / mask.Width;
            Assert.Equal(255 - mask.Pixels[((i + 1) * mask.Channels) - 1], grey[i + row + 1]);
        }
    });

    [Fact]
    public void Convert_AnyBytes_AreRefusedAndNeverThrow() => Gen.Byte.Array[0, 200].Sample(bytes =>
        Assert.NotNull(MaskConverter.Convert(bytes, Stream.Null)));

    [Fact]
    public void Convert_BrokenAnywhere_NeverThrows() => Gen.Select(_masks, Gen.Int[0, 10_000], Gen.Byte).Sample((mask, at, value) =>
    {
        var png = Png(mask.Width, mask.Height, mask.Channels, mask.Filter, mask.Pixels);
        png[at % png.Length] = value;
        _ = MaskConverter.Convert(png, Stream.Null);
        _ = MaskConverter.Convert(png.AsMemory(0, at % png.Length), Stream.Null);
    });

    [Fact]
    public void Convert_PackedWithADictionaryOfItsOwn_IsRefused()
    {
        var png = Png(2, 2, 4, 0, new byte[16]);
        (png[41], png[42]) = (0x78, 0x20); // zlib's header with FDICT, whose check sum fits (RFC 1950, 2.2)

        Assert.NotNull(MaskConverter.Convert(png, Stream.Null));
    }

    [Fact]
    public void Convert_NoAlpha_IsRefused()
    {
        var png = Png(2, 2, 4, 0, new byte[16]);
        png[25] = 2;

        Assert.Contains("alpha", MaskConverter.Convert(png, Stream.Null), StringComparison.Ordinal);
    }

    private static byte[] Png(int width, int height, int channels, int filter, byte[] pixels)
    {
        using var data = new MemoryStream();
        using (var packed = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            var stride = width * channels;
            for (var y = 0; y < height; y++)
            {
                packed.WriteByte((byte)filter);
                for (var i = 0; i < stride; i++)
                {
                    int left = i < channels ? 0 : pixels[(y * stride) + i - channels], up = y == 0 ? 0 : pixels[((y - 1) * stride) + i];
                    var corner = i < channels || y == 0 ? 0 : pixels[((y - 1) * stride) + i - channels];
                    packed.WriteByte((byte)(pixels[(y * stride) + i] - filter switch { 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => 0 }));
                }
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, (byte)(channels == 4 ? 6 : 4));
        Chunk(png, "IHDR"u8, header);
        Chunk(png, "IDAT"u8, data.ToArray());
        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    // The converter does not look at check sums of what comes in.
    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        png.Write([0, 0, 0, 0]);
    }

    private static byte[] Unpack(byte[] png, out int width, out int height)
    {
        width = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16));
        height = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20));
        var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33));
        using var packed = new ZLibStream(new MemoryStream(png, 41, length), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        packed.CopyTo(plain);
        return plain.ToArray();
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (a, b, c) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }
}
