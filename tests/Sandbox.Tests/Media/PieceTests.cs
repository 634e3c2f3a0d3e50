using System.Buffers.Binary;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Tests.Media;

public class PieceTests
{
    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(30)]
    public void Recorded_Clip_LastsAsLongAsAsked(double seconds)
    {
        var clip = Piece.Video((1280, 720), seconds).Recorded("mark");
        var movie = clip.AsSpan(clip.AsSpan().IndexOf("mvhd"u8));
        Assert.Equal(seconds, BinaryPrimitives.ReadInt32BigEndian(movie[20..]) / (double)BinaryPrimitives.ReadInt32BigEndian(movie[16..]), 3);
        var track = clip.AsSpan(clip.AsSpan().IndexOf("mdhd"u8));
        Assert.Equal(seconds, BinaryPrimitives.ReadInt32BigEndian(track[20..]) / (double)BinaryPrimitives.ReadInt32BigEndian(track[16..]), 1);
    }

    [Theory]
    [InlineData("wav", 2, 24_000, 96_000)]
    [InlineData("pcm", 2, 8_000, 32_000)]
    [InlineData("ulaw", 2, 8_000, 16_000)]
    public void Recorded_Sound_HasItsSamples(string format, double seconds, int rate, int bytes)
    {
        var sound = (Piece.Audio(format, seconds) with { SampleRate = rate }).Recorded("m");
        Assert.InRange(sound.Length, bytes, bytes + 100);
    }

    [Fact]
    public void Recorded_Mp3_IsLongerForALongerText() =>
        Assert.True(Piece.Audio("mp3", 30).Recorded("m").Length > 5 * Piece.Audio("mp3", 5).Recorded("m").Length);

    [Theory]
    [InlineData("jpeg", "image/jpeg", "jpg")]
    [InlineData("webp", "image/webp", "webp")]
    public async Task MakeAsync_Picture_HasItsSizeAndType(string format, string type, string extension)
    {
        using var painter = new ImagePainter();
        var piece = Piece.Image(format, (320, 208));
        Assert.Equal((320, 208), ImageProbe.SizeOf(await piece.MakeAsync(painter, "m", "text", 1, default)));
        Assert.Equal((type, extension), (piece.ContentType, piece.Extension));
    }
}
