using System.IO.Compression;
using System.Text;
using Framegate.Transforms.Forwarding;

namespace Framegate.Transforms.Tests.Native;

/// <summary>The label of an answer and its bytes need not agree; the bytes go before it.</summary>
public sealed class ContentCodingTests
{
    private static readonly byte[] s_png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 0, 0, 0, 13];

    public static TheoryData<string> Labels => ["gzip", "deflate", "br", "zstd", "identity", "aws-chunked", "utf-8", "none", "gzip, br"];

    [Theory]
    [MemberData(nameof(Labels))]
    public async Task OpenAsync_BytesThatAreNotPacked_AreReadAsTheyAre(string label)
    {
        foreach (var bytes in (byte[][])[Encoding.UTF8.GetBytes("""{"id":"job-1"}"""), Encoding.UTF8.GetBytes("""[{"id":1}]"""), s_png])
        {
            Assert.Equal(bytes, await ReadAsync(bytes, label));
        }
    }

    [Fact]
    public async Task OpenAsync_BytesThatArePacked_AreUnpacked()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"id":"job-1"}""");
        Assert.Equal(bytes, await ReadAsync(Pack(bytes, s => new BrotliStream(s, CompressionLevel.Fastest)), "br"));
        Assert.Equal(bytes, await ReadAsync(Pack(bytes, s => new DeflateStream(s, CompressionLevel.Fastest)), "deflate"));
        Assert.Equal(bytes, await ReadAsync(Pack(bytes, s => new ZLibStream(s, CompressionLevel.Fastest)), "deflate"));
        Assert.Equal(bytes, await ReadAsync(Pack(bytes, s => new GZipStream(s, CompressionLevel.Fastest)), null));
    }

    [Fact]
    public async Task OpenAsync_PackedAnswerThatBeginsAsJsonDoes_IsUnpacked()
    {
        // Brotli writes the length behind its first byte: 0x5b 0x22 is [".
        var bytes = new byte[(5 << 16) | 0x23];
        new Random(1).NextBytes(bytes);
        bytes.AsSpan(0, bytes.Length / 2).Fill((byte)'a');
        var packed = new byte[bytes.Length + 1024];
        Assert.True(BrotliEncoder.TryCompress(bytes, packed, out var length, quality: 5, window: 22));
        Assert.Equal("[\""u8, packed.AsSpan(0, 2));
        Assert.Equal(bytes, await ReadAsync(packed[..length], "br"));
    }

    private static byte[] Pack(byte[] bytes, Func<Stream, Stream> packer)
    {
        using var packed = new MemoryStream();
        using (var stream = packer(packed))
        {
            stream.Write(bytes);
        }

        return packed.ToArray();
    }

    private static async Task<byte[]> ReadAsync(byte[] bytes, string? label)
    {
        using var content = new ByteArrayContent(bytes);
        foreach (var coding in label?.Split(", ") ?? [])
        {
            content.Headers.ContentEncoding.Add(coding);
        }

        using var whole = new MemoryStream();
        await using var stream = await ContentCoding.OpenAsync(content, default);
        await stream.CopyToAsync(whole);
        return whole.ToArray();
    }
}
