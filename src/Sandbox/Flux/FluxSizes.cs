using System.Globalization;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary>How many pixels come out.</summary>
internal static class FluxSizes
{
    /// <summary>Four megapixels: what ultra makes and FLUX.2 allows.</summary>
    private const long FourMegapixels = 2048 * 2048;

    /// <summary>Longest side drawn; only an extreme shape would ask for more, and WebP ends at 16383.</summary>
    private const int LongestSide = 8192;

    /// <summary>Stands for an input image whose size cannot be known (given by URL).</summary>
    private static readonly (int Width, int Height) Unknown = (1024, 1024);

    /// <summary>The size, cut to what can be drawn.</summary>
    public static (int Width, int Height) Drawable((int Width, int Height) size) => (Math.Min(size.Width, LongestSide), Math.Min(size.Height, LongestSide));

    public static double Megapixels((int Width, int Height) size) => Math.Round(size.Width * (double)size.Height / 1_000_000, 2);

    /// <summary>Width divided by height of <c>w:h</c>; null when it is not written so.</summary>
    public static double? ParseRatio(string text)
    {
        var colon = text.IndexOf(':');
        return colon > 0
            && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var width) && width > 0
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height > 0
            ? (double)width / height
            : null;
    }

    public static (int Width, int Height) Flux1(FluxBody body) => (body.Pixels("width", 1024), body.Pixels("height", 768));

    public static (int Width, int Height) Ultra(FluxBody body) => Area(ParseRatio(body.Text("aspect_ratio") ?? "16:9")!.Value, FourMegapixels, 32);

    /// <summary>About one megapixel, in the ratio asked for, else in that of the input.</summary>
    public static (int Width, int Height) Kontext(FluxBody body)
    {
        var input = body.ImageSize("input_image") ?? Unknown;
        var ratio = body.Text("aspect_ratio") is { } text ? ParseRatio(text)!.Value : (double)input.Width / input.Height;
        return Area(Math.Clamp(ratio, 9.0 / 21, 21.0 / 9), 1024 * 1024, 16);
    }

    public static (int Width, int Height) Flux2(FluxBody body)
    {
        var fallback = Unknown;
        if (body.ImageSize("input_image") is { } input)
        {
            var scale = Math.Min(1, Math.Sqrt(FourMegapixels / ((double)input.Width * input.Height)));
            fallback = (Down(input.Width * scale), Down(input.Height * scale));
        }

        var width = body.Pixels("width", 0);
        var height = body.Pixels("height", 0);
        return (width == 0 ? fallback.Width : width, height == 0 ? fallback.Height : height);
    }

    /// <summary>The limit holds for what comes out, with a side that was left open filled in.</summary>
    public static Issue? Flux2Area(FluxBody body)
    {
        if (Math.Max(body.Integer("width") ?? 0, body.Integer("height") ?? 0) > FourMegapixels)
        {
            return TooLarge();
        }

        var (width, height) = Flux2(body);
        return (long)width * height > FourMegapixels ? TooLarge() : null;
    }

    /// <summary>The size of an input image.</summary>
    public static Func<FluxBody, (int Width, int Height)> Like(params string[] fields) =>
        body => fields.Select(body.ImageSize).FirstOrDefault(size => size is not null) ?? Unknown;

    public static (int Width, int Height) Expanded(FluxBody body)
    {
        var (width, height) = body.ImageSize("image") ?? Unknown;
        return (width + body.Pixels("left", 0) + body.Pixels("right", 0), height + body.Pixels("top", 0) + body.Pixels("bottom", 0));
    }

    public static (int Width, int Height) Video(FluxBody body)
    {
        var shorter = body.Text("resolution") == "fhd" ? 1080 : 720;
        var ratio = ParseRatio(body.Text("aspect_ratio") ?? "auto") ?? 16.0 / 9;
        return ratio >= 1 ? (Even(shorter * ratio), shorter) : (shorter, Even(shorter / ratio));
    }

    private static (int Width, int Height) Area(double ratio, long pixels, int multiple) =>
        ((int)Math.Round(Math.Sqrt(pixels * ratio) / multiple) * multiple, (int)Math.Round(Math.Sqrt(pixels / ratio) / multiple) * multiple);

    private static int Down(double side) => Math.Max((int)side / 16 * 16, 64);

    private static int Even(double side) => (int)Math.Round(side / 2) * 2;

    private static Issue TooLarge() => new("value_error", "Value error, width x height must not exceed 4 megapixels");
}
