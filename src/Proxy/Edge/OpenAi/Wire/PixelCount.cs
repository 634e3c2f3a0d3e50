using System.Globalization;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>A size as the dialect writes it, <c>1024x768</c>.</summary>
internal readonly record struct PixelCount(int Width, int Height)
{
    private const int Most = 16_384;

    /// <summary>Its area.</summary>
    public int Area => Width * Height;

    /// <summary>Its size class, by the shorter side.</summary>
    public string Class => Math.Min(Width, Height) switch
    {
        2160 => "4k",
        var side => string.Create(CultureInfo.InvariantCulture, $"{side}p"),
    };

    /// <summary>The size of a shape and a size class; null when the shorter side is not known, or the longer one is no whole number.</summary>
    public static PixelCount? Of(string shape, string sizeClass)
    {
        var (a, b) = PartsOf(shape);
        return (sizeClass == "4k" ? 2160 : sizeClass.EndsWith('p') && int.TryParse(sizeClass[..^1], out var lines) ? lines : 0) is var side
            && side > 0 && a > 0 && b > 0 && (long)side * Math.Max(a, b) % Math.Min(a, b) == 0
                ? new PixelCount(side * a / Math.Min(a, b), side * b / Math.Min(a, b))
                : null;
    }

    /// <summary>Whether it has exactly this shape, <c>W:H</c>.</summary>
    public bool Has(string shape) => PartsOf(shape) is var (a, b) && a > 0 && (long)Width * b == (long)Height * a;

    /// <summary>Reads a size.</summary>
    public static bool TryParse(string text, out PixelCount size)
    {
        size = default;
        var x = text.IndexOf('x', StringComparison.Ordinal);
        if (x <= 0
            || !int.TryParse(text.AsSpan(0, x), NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            || !int.TryParse(text.AsSpan(x + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            || width is < 1 or > Most || height is < 1 or > Most)
        {
            return false;
        }

        size = new PixelCount(width, height);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");

    private static (int Width, int Height) PartsOf(string shape)
    {
        var colon = shape.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && int.TryParse(shape.AsSpan(0, colon), out var width) && int.TryParse(shape.AsSpan(colon + 1), out var height) ? (width, height) : (0, 0);
    }
}
