using Framegate.Sandbox.Media;
using SkiaSharp;

namespace Framegate.Sandbox.Tests.Media;

public class ImagePainterTests
{
    [Theory]
    [InlineData("", 256, 256)]
    [InlineData("日本語 🌊 emoji and a \ud800 half pair", 512, 512)]
    [InlineData("averylongwordwithoutanyspaces_averylongwordwithoutanyspaces_averylongwordwithoutanyspaces", 256, 1440)]
    [InlineData("tiny", 1, 1)]
    [InlineData("thin", 3000, 2)]
    public async Task DrawAsync_AnyTextAndSize_GivesAPngOfThatSize(string text, int width, int height)
    {
        using var painter = new ImagePainter();
        var bytes = await painter.DrawAsync(new Picture(text, width, height, -5), ImageEncoding.Png, CancellationToken.None);
        using var image = SKBitmap.Decode(bytes);
        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Fact]
    public async Task DrawAsync_VeryLongText_StillDraws()
    {
        using var painter = new ImagePainter();
        var text = string.Concat(Enumerable.Repeat("🌊 wave ", 5000));
        Assert.NotEmpty(await painter.DrawAsync(new Picture(text, 512, 512, 1), ImageEncoding.Webp, CancellationToken.None));
    }

    [Fact]
    public async Task DrawAsync_DifferentText_ChangesPixels()
    {
        using var painter = new ImagePainter();
        var one = await painter.DrawAsync(new Picture("one", 256, 256, 1), ImageEncoding.Png, CancellationToken.None);
        var two = await painter.DrawAsync(new Picture("two", 256, 256, 1), ImageEncoding.Png, CancellationToken.None);
        Assert.NotEqual(one, two);
    }

    [Theory]
    [InlineData(1280, 720, 1280, 720)]
    [InlineData(1080, 1920, 1080, 1920)]
    [InlineData(1024, 1792, 1024, 1792)]
    [InlineData(1680, 720, 1920, 1080)]
    [InlineData(720, 960, 1024, 1792)]
    [InlineData(832, 480, 1792, 1024)]
    public void Take_AnySize_PicksTheClipOfTheNearestShape(int width, int height, int clipWidth, int clipHeight)
    {
        var clip = ClipShelf.Take(width, height, "mark");
        Assert.Equal(EmbeddedAsset.Read($"clip-{clipWidth}x{clipHeight}.mp4"), clip[..^("mark".Length + 8)]);
        Assert.Equal("mark"u8, clip.AsSpan(clip.Length - 4));
    }
}
