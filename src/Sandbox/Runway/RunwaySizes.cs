using System.Globalization;
using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>How many pixels come out.</summary>
internal static class RunwaySizes
{
    /// <summary>Below this, <c>W:H</c> is a shape, not a size in pixels.</summary>
    private const int SmallestSide = 100;

    /// <summary>Documented for the upscaler: 25.3 megapixels. It also bounds what is drawn.</summary>
    private const double LargestArea = 25_300_000;

    private static readonly (int Width, int Height) UnknownInput = (512, 512);

    public static (int Width, int Height) Of(RunwayEndpoint endpoint, JsonElement body)
    {
        if (endpoint.Path == "image_upscale")
        {
            var (width, height) = RunwayAssets.SizeOf(body.Text("imageUri")!) ?? UnknownInput;
            return Bounded(width, height, body.Whole("scaleFactor") ?? 2);
        }

        var ratio = body.Text("ratio") ?? body.Text("targetAspectRatio") ?? "";
        if (ParsePixels(ratio) is { } pixels)
        {
            return Bounded(pixels.Width, pixels.Height, 1);
        }

        return endpoint.Output == RunwayMedia.Image
            ? ratio.EndsWith("2k", StringComparison.Ordinal) ? (2048, 2048) : (1024, 1024)
            : Shaped(ratio, Shorter(body.Text("resolution") ?? ratio));
    }

    /// <summary>The size that <c>W:H</c> means; null when it is a shape or something else.</summary>
    public static (int Width, int Height)? ParsePixels(string? ratio) =>
        Parse(ratio) is { } size && size.Width >= SmallestSide && size.Height >= SmallestSide ? size : null;

    private static (int Width, int Height) Shaped(string ratio, int shorter)
    {
        var shape = Parse(ratio) ?? (16, 9);
        return shape.Width >= shape.Height ? (Even((double)shorter * shape.Width / shape.Height), shorter) : (shorter, Even((double)shorter * shape.Height / shape.Width));
    }

    private static int Shorter(string resolution) => resolution.ToLowerInvariant() switch
    {
        "480p" or "auto_480p" => 480,
        "768p" => 768,
        "1080p" or "auto_1080p" or "1k" => 1080,
        "2k" => 1440,
        "4k" => 2160,
        _ => 720,
    };

    private static (int Width, int Height)? Parse(string? ratio)
    {
        var colon = ratio?.IndexOf(':') ?? -1;
        return colon > 0
            && int.TryParse(ratio.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width > 0
            && int.TryParse(ratio.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height > 0
            ? (width, height)
            : null;
    }

    private static (int Width, int Height) Bounded(int width, int height, int scale)
    {
        var fit = Math.Min(scale, Math.Sqrt(LargestArea / ((double)width * height)));
        return (Math.Max((int)(width * fit), 1), Math.Max((int)(height * fit), 1));
    }

    private static int Even(double side) => (int)Math.Round(side / 2) * 2;
}
