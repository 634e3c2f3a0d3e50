using System.Globalization;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>One of the sizes a model draws.</summary>
internal readonly record struct VideoSize(int Width, int Height)
{
    public AspectRatio Ratio => new(Width, Height);

    /// <summary>Its size class by the shorter side, as in <c>720p</c>.</summary>
    public string Resolution => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(Width, Height)}p");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}");
}
