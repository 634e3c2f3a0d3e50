namespace Framegate.Plugins.Kit;

/// <summary>The sizes a model can draw.</summary>
/// <param name="Min">The shortest side, pixels.</param>
/// <param name="Max">The longest side, pixels.</param>
/// <param name="Step">Sides are multiples of this.</param>
/// <param name="MaxArea">The largest area, pixels.</param>
public readonly record struct PixelGrid(int Min, int Max, int Step, int MaxArea)
{
    /// <summary>The size that a shape without a size is turned into: the usual one of these models.</summary>
    public const int UsualArea = 1024 * 1024;

    /// <summary>Whether a side is on the grid.</summary>
    /// <param name="side">Pixels.</param>
    /// <returns>True when the model draws it.</returns>
    public bool Holds(int side) => side >= Min && side <= Max && side % Step == 0;

    /// <summary>The size of at most <see cref="UsualArea"/> for a shape: of those that are nearly as large the closest, and within <see cref="AspectRatio.Tolerance"/>.</summary>
    /// <param name="ratio">The shape.</param>
    /// <param name="maxWidth">The widest that is allowed, pixels; null where only the grid counts.</param>
    /// <param name="maxHeight">The highest that is allowed, pixels; null where only the grid counts.</param>
    /// <returns>The size; null when none comes near.</returns>
    public (int Width, int Height)? Fit(AspectRatio ratio, int? maxWidth = null, int? maxHeight = null)
    {
        var (widest, highest) = (Math.Min(Max, maxWidth ?? Max), Math.Min(Max, maxHeight ?? Max));
        (int Width, int Height)? best = null;
        for (var width = Min; width <= Math.Min(widest, UsualArea / Min); width += Step)
        {
            var below = (int)Math.Min(width / ratio.Value, highest) / Step * Step;
            foreach (var height in (ReadOnlySpan<int>)[below, below + Step])
            {
                if (Holds(height) && height <= highest && width * height <= UsualArea && ratio.IsNear(width, height)
                    && (best is not { } b || Better((width, height), b, ratio)))
                {
                    best = (width, height);
                }
            }
        }

        return best;
    }

    /// <summary>The side that goes with another one; null when no multiple of the step comes near the ratio.</summary>
    /// <param name="side">The side that is given, pixels.</param>
    /// <param name="ratio">The other side divided by it.</param>
    /// <returns>The other side, pixels.</returns>
    public int? Beside(int side, double ratio)
    {
        var other = (int)Math.Round(Math.Min(side * ratio, Max) / Step) * Step;
        return Holds(other) ? other : null;
    }

    private static bool IsLarge((int Width, int Height) size) => size.Width * size.Height >= UsualArea / 8 * 7;

    private static bool Better((int Width, int Height) a, (int Width, int Height) b, AspectRatio ratio)
    {
        // An eighth of the usual area is given up for a truer shape, and no more.
        var (large, otherLarge) = (IsLarge(a), IsLarge(b));
        if (large != otherLarge)
        {
            return large;
        }

        var nearer = ratio.DistanceTo(a.Width, a.Height).CompareTo(ratio.DistanceTo(b.Width, b.Height));
        var larger = (a.Width * a.Height).CompareTo(b.Width * b.Height);
        return large ? nearer < 0 || (nearer == 0 && larger > 0) : larger > 0 || (larger == 0 && nearer < 0);
    }
}
