using CsCheck;
using Framegate.Proxy.Edge.OpenAi.Wire;

namespace Framegate.Proxy.Tests.OpenAi;

public sealed class PixelCountTests
{
    [Fact]
    public void TryParse_WhatToStringWrites_IsTheSame() => Gen.Select(Gen.Int[1, 16_384], Gen.Int[1, 16_384]).Sample((width, height) =>
    {
        var size = new PixelCount(width, height);
        Assert.True(PixelCount.TryParse(size.ToString(), out var read));
        Assert.Equal(size, read);
        Assert.True(size.Has($"{width}:{height}"));
        Assert.False(size.Has($"{width + 1}:{height}"));
    });

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Gen.String.Sample(text => { _ = PixelCount.TryParse(text, out _); });

    [Theory]
    [InlineData("1024X768")]
    [InlineData("0x10")]
    [InlineData("10x")]
    [InlineData("x10")]
    [InlineData("-1x10")]
    [InlineData(" 10x10")]
    [InlineData("10x99999")]
    public void TryParse_NoSize_IsRefused(string text) => Assert.False(PixelCount.TryParse(text, out _));

    [Theory]
    [InlineData(1280, 720, "16:9", "720p")]
    [InlineData(1024, 1792, "4:7", "1024p")]
    [InlineData(3840, 2160, "16:9", "4k")]
    [InlineData(1680, 720, "21:9", "720p")]
    public void Of_ShapeAndClass_IsTheSizeThatHasThem(int width, int height, string shape, string sizeClass)
    {
        var size = new PixelCount(width, height);

        Assert.Equal((true, sizeClass), (size.Has(shape), size.Class));
        Assert.Equal(size, PixelCount.Of(shape, sizeClass));
    }

    [Theory]
    [InlineData("16:9", "768p")]
    [InlineData("16:9", "2k")]
    [InlineData("16:0", "720p")]
    [InlineData("auto", "720p")]
    public void Of_NoWholeSize_IsNone(string shape, string sizeClass) => Assert.Null(PixelCount.Of(shape, sizeClass));
}
