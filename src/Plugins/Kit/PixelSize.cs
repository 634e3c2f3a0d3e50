using System.Collections.Frozen;
using System.Globalization;

namespace Framegate.Plugins.Kit;

/// <summary>One of the sizes a model draws.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Class">Its size class, as in <c>720p</c>; empty when it has none.</param>
public readonly record struct PixelSize(int Width, int Height, string Class)
{
    /// <summary>The shapes people ask for, the widest first. A provider's pixels are seldom exactly of such a shape.</summary>
    private static readonly AspectRatio[] s_shapes =
    [
        new(8, 1), new(4, 1), new(21, 9), new(20, 9), new(13, 6), new(2, 1), new(16, 9), new(3, 2), new(4, 3), new(5, 4), new(1, 1),
        new(4, 5), new(3, 4), new(2, 3), new(9, 16), new(1, 2), new(6, 13), new(9, 20), new(9, 21), new(1, 4), new(1, 8),
    ];

    private static readonly FrozenDictionary<string, string> s_classNames = new Dictionary<string, string>
    {
        ["hd"] = "720p", ["fhd"] = "1080p", ["uhd"] = "4k", ["2160p"] = "4k",
    }.ToFrozenDictionary();

    /// <summary>Its shape, exactly.</summary>
    public AspectRatio Ratio => new(Width, Height);

    /// <summary>Sizes of one class, written as the providers do: <c>1280:720 720:1280</c>.</summary>
    /// <param name="sizeClass">The class of all of them.</param>
    /// <param name="sizes">The sizes, with blanks between them.</param>
    /// <returns>The sizes, in their order.</returns>
    public static PixelSize[] List(string sizeClass, string sizes)
    {
        var list = new List<PixelSize>();
        foreach (var text in sizes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            list.Add(new PixelSize(
                int.Parse(text.AsSpan(0, colon), CultureInfo.InvariantCulture),
                int.Parse(text.AsSpan(colon + 1), CultureInfo.InvariantCulture),
                sizeClass));
        }

        return [.. list];
    }

    /// <summary>Reads <c>W:H</c> or <c>WxH</c> in pixels.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The size, without a class; null when the text is none.</returns>
    public static PixelSize? Parse(string? text) =>
        text?.Split(':', 'x', '*') is [var width, var height]
        && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out var w) && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var h) && w > 0 && h > 0
            ? new PixelSize(w, h, "") : null;

    /// <summary>The one name of a size class that has several.</summary>
    /// <param name="text">A name, lower case.</param>
    /// <returns>The usual name, as <c>4k</c> for <c>2160p</c>; the text itself when it has no other.</returns>
    public static string ClassName(string text) => s_classNames.GetValueOrDefault(text, text);

    /// <summary>Whether it is of this shape, or nearer to it than to any other shape that has a name.</summary>
    /// <param name="shape">The shape.</param>
    /// <returns>True when a caller who asks for the shape means this size.</returns>
    public bool Is(AspectRatio shape) => shape.SameShape(Ratio) || NearestShape().SameShape(shape);

    /// <summary>The shape that a request would ask for it by: its own where that takes small numbers, else the nearest with a name.</summary>
    /// <returns>A shape.</returns>
    public AspectRatio PlainShape()
    {
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(Width, Height);
        return Width / divisor <= 21 && Height / divisor <= 21 ? new AspectRatio(Width / divisor, Height / divisor) : NearestShape();
    }

    /// <summary>The shape with a name that it is nearest to.</summary>
    /// <returns>One of the usual shapes.</returns>
    public AspectRatio NearestShape()
    {
        var nearest = s_shapes[0];
        foreach (var candidate in s_shapes)
        {
            if (candidate.DistanceTo(Width, Height) < nearest.DistanceTo(Width, Height))
            {
                nearest = candidate;
            }
        }

        return nearest;
    }

    /// <summary>As a provider writes it.</summary>
    /// <returns><c>W:H</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}:{Height}");
}
