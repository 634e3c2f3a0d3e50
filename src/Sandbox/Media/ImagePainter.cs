using System.Globalization;
using SkiaSharp;

namespace Framegate.Sandbox.Media;

/// <summary>Draws a prompt as a picture: readable text on a gradient that the seed decides.</summary>
/// <remarks>The same picture, size and encoding give the same bytes. Nothing is kept: a caller who asks again gets it drawn again.</remarks>
internal sealed class ImagePainter : IDisposable
{
    /// <summary>PNG level 2 of 9: a flat gradient shrinks well anyway, and drawing must not be the bottleneck of a load test.</summary>
    private static readonly SKPngEncoderOptions FastPng = new(SKPngEncoderFilterFlags.Sub, 2);

    // A 4-megapixel canvas is 16 MB; drawing them all at once when a thousand downloads come together would exhaust memory.
    private readonly SemaphoreSlim _canvases = new(Environment.ProcessorCount);

    public async Task<byte[]> DrawAsync(Picture picture, ImageEncoding encoding, CancellationToken cancellationToken)
    {
        await _canvases.WaitAsync(cancellationToken);
        try
        {
            return Draw(picture, encoding);
        }
        finally
        {
            _canvases.Release();
        }
    }

    public void Dispose() => _canvases.Dispose();

    private static byte[] Draw(Picture picture, ImageEncoding encoding)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(picture.Width, picture.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(bitmap);
        for (var row = 0; row < picture.Rows; row++)
        {
            for (var column = 0; column < picture.Columns; column++)
            {
                var frame = SKRect.Create(
                    column * picture.Width / picture.Columns, row * picture.Height / picture.Rows,
                    picture.Width / picture.Columns, picture.Height / picture.Rows);
                DrawFrame(canvas, frame, picture);
            }
        }

        canvas.Flush();
        using var pixels = bitmap.PeekPixels();
        using var data = encoding switch
        {
            ImageEncoding.Jpeg => pixels.Encode(new SKJpegEncoderOptions(88)),
            ImageEncoding.Webp => pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossy, 80)),
            _ => pixels.Encode(FastPng),
        };
        return data?.ToArray() ?? throw new InvalidOperationException($"Skia cannot encode {picture.Width}x{picture.Height} as {encoding}.");
    }

    private static void DrawFrame(SKCanvas canvas, SKRect frame, Picture picture)
    {
        var hue = (picture.Seed % 360 + 360) % 360;
        using (var shader = SKShader.CreateLinearGradient(
            new SKPoint(frame.Left, frame.Top), new SKPoint(frame.Right, frame.Bottom),
            [SKColor.FromHsl(hue, 55, 24), SKColor.FromHsl((hue + 70) % 360, 60, 46)], SKShaderTileMode.Clamp))
        using (var background = new SKPaint { Shader = shader })
        {
            canvas.DrawRect(frame, background);
        }

        using var ink = new SKPaint { Color = SKColors.White, IsAntialias = true };
        var caption = string.Create(CultureInfo.InvariantCulture, $"sandbox · {picture.Width}×{picture.Height} · seed {picture.Seed}");
        using var layout = TextLayout.Fit(picture.Text, caption, frame);
        layout.Draw(canvas, ink);
    }
}
