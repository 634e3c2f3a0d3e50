using System.Globalization;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>A size as the dialect writes it, <c>1024x768</c>.</summary>
internal readonly record struct PixelCount(int Width, int Height)
{
    private const int Most = 16_384;

    /// <summary>Its shape in lowest terms; null when no unified aspect ratio can say it.</summary>
    public string? Shape
    {
        get
        {
            var (a, b) = (Width, Height);
            while (b != 0)
            {
                (a, b) = (b, a % b);
            }

            return Width / a < 1000 && Height / a < 1000 ? string.Create(CultureInfo.InvariantCulture, $"{Width / a}:{Height / a}") : null;
        }
    }

    /// <summary>Its size class, by the shorter side.</summary>
    public string Class => Math.Min(Width, Height) switch
    {
        2160 => "4k",
        var side => string.Create(CultureInfo.InvariantCulture, $"{side}p"),
    };

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
}
