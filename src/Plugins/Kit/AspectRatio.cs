using System.Globalization;

namespace Framegate.Plugins.Kit;

/// <summary>A shape, as in <c>16:9</c>.</summary>
/// <param name="Width">Its first number, above 0.</param>
/// <param name="Height">Its second number, above 0.</param>
public readonly record struct AspectRatio(int Width, int Height)
{
    /// <summary>How far a size on a pixel grid may be from the shape it was chosen for.</summary>
    public const double Tolerance = 0.02;

    private const int Most = 10_000;

    /// <summary>Width divided by height.</summary>
    public double Value => (double)Width / Height;

    /// <summary>Reads <c>W:H</c>. A number may have one decimal, as in <c>19.5:9</c>; the shape is then in tenths.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The shape; null when the text is none, as <c>auto</c>.</returns>
    public static AspectRatio? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && text.Contains('.', StringComparison.Ordinal))
        {
            return Tenths(text.AsSpan(0, colon)) is { } wide && Tenths(text.AsSpan(colon + 1)) is { } high ? new AspectRatio(wide, high) : null;
        }

        return colon > 0
            && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width is > 0 and <= Most && height is > 0 and <= Most
            ? new AspectRatio(width, height)
            : null;
    }

    private static int? Tenths(ReadOnlySpan<char> text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * 10 is > 0 and <= Most and var tenths && tenths == decimal.Truncate(tenths)
            ? (int)tenths
            : null;

    /// <summary>Whether two ratios are the same number, as 16:9 and 32:18.</summary>
    /// <param name="other">The other shape.</param>
    /// <returns>True when they are, exactly.</returns>
    public bool SameShape(AspectRatio other) => (long)Width * other.Height == (long)other.Width * Height;

    /// <summary>Whether a size has this shape within <see cref="Tolerance"/>.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>True when it is near enough.</returns>
    public bool IsNear(int width, int height) => DistanceTo(width, height) <= Tolerance;

    /// <summary>How far a size is from this shape.</summary>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <returns>0 for the same shape; 0.02 for one that is 2 % wider or narrower.</returns>
    public double DistanceTo(int width, int height) => Math.Abs(((double)width / height / Value) - 1);

    /// <summary>As a request writes it.</summary>
    /// <returns><c>W:H</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}:{Height}");
}
