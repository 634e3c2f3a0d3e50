using System.Globalization;

namespace Framegate.Sandbox.Engine;

/// <summary>Pixels for a ratio and a resolution.</summary>
internal static class Shape
{
    /// <summary>Nothing larger is drawn: a canvas of this many pixels on a side is 64 MB.</summary>
    private const int Longest = 4096;

    /// <summary>The sides of a shape whose shorter side is given; even numbers.</summary>
    /// <param name="ratio">As in <c>16:9</c>; what is none, like <c>adaptive</c>, counts as the fallback.</param>
    /// <param name="shorter">In pixels.</param>
    /// <param name="fallback">A ratio.</param>
    public static (int Width, int Height) Of(string? ratio, int shorter, string fallback = "16:9")
    {
        var (x, y) = Parse(ratio) ?? Parse(fallback)!.Value;
        return x >= y ? (Even(shorter * x / y), Even(shorter)) : (Even(shorter), Even(shorter * y / x));
    }

    /// <summary>The sides of a shape with about so many pixels; multiples of 16. A shape that would be too long is smaller.</summary>
    public static (int Width, int Height) Area(string? ratio, double pixels, string fallback = "1:1")
    {
        var (x, y) = Parse(ratio) ?? Parse(fallback)!.Value;
        var unit = Math.Min(Math.Sqrt(pixels / (x * y)), Longest / Math.Max(x, y));
        return (Sixteen(unit * x), Sixteen(unit * y));
    }

    /// <summary>The shorter side that a word like <c>720p</c>, <c>768P</c>, <c>2K</c> or <c>4k</c> means.</summary>
    public static int Shorter(string? word, int fallback) => word?.ToUpperInvariant() switch
    {
        null => fallback,
        "1K" => 1024,
        "2K" => 1440,
        "4K" => 2160,
        { } other => int.TryParse(other.TrimEnd('P'), NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) ? pixels : fallback,
    };

    /// <summary>Reads <c>1280x720</c>, with the separator that the provider uses.</summary>
    public static (int Width, int Height)? Pixels(string? text, char separator = 'x') =>
        text?.Split(separator) is [var width, var height]
        && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var w)
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var h)
        && w > 0 && h > 0
            ? (w, h)
            : null;

    private static (double X, double Y)? Parse(string? ratio) =>
        ratio?.Split(':') is [var width, var height]
        && double.TryParse(width, CultureInfo.InvariantCulture, out var x) && double.TryParse(height, CultureInfo.InvariantCulture, out var y) && x > 0 && y > 0
            ? (x, y)
            : null;

    private static int Even(double side) => (int)Math.Clamp(Math.Round(side / 2) * 2, 2, Longest);

    private static int Sixteen(double side) => (int)Math.Clamp(Math.Round(side / 16) * 16, 16, Longest);
}
