using System.Globalization;

namespace Framegate.Transforms.Providers;

/// <summary>A shape, as in <c>16:9</c>.</summary>
internal readonly record struct AspectRatio(int Width, int Height)
{
    /// <summary>How far a size on a pixel grid may be from the shape it was chosen for.</summary>
    public const double Tolerance = 0.02;

    private const int Most = 10_000;

    public double Value => (double)Width / Height;

    public static AspectRatio? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var width)
            && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height)
            && width is > 0 and <= Most && height is > 0 and <= Most
            ? new AspectRatio(width, height)
            : null;
    }

    public bool SameShape(AspectRatio other) => (long)Width * other.Height == (long)other.Width * Height;

    public bool IsNear(int width, int height) => DistanceTo(width, height) <= Tolerance;

    public double DistanceTo(int width, int height) => Math.Abs(((double)width / height / Value) - 1);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}:{Height}");
}
