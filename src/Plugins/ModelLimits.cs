namespace Framegate.Plugins;

/// <summary>What a model takes at most. Null and empty mean: not limited, or not known.</summary>
public sealed record ModelLimits
{
    /// <summary>Pixels.</summary>
    public int? MaxWidth { get; init; }

    /// <summary>Pixels.</summary>
    public int? MaxHeight { get; init; }

    /// <summary>The only sizes, <c>WxH</c>.</summary>
    public IReadOnlyList<string> Sizes { get; init; } = [];

    /// <summary>True when a request cannot choose the size, as where it follows the input.</summary>
    public bool SizeIsFixed { get; init; }

    /// <summary>Sides are multiples of this, pixels.</summary>
    public int? SideStep { get; init; }

    /// <summary>The shortest side, pixels.</summary>
    public int? MinSide { get; init; }

    /// <summary>The smallest area, pixels.</summary>
    public int? MinArea { get; init; }

    /// <summary>The largest area, pixels.</summary>
    public int? MaxArea { get; init; }

    /// <summary>The only aspect ratios that a size may have, <c>W:H</c>.</summary>
    public IReadOnlyList<string> AspectRatios { get; init; } = [];

    /// <summary>For a model that takes shapes and no pixels: the sizes that it makes, <c>WxH</c>, each of exactly one of its shapes. Empty: nobody has published them.</summary>
    public IReadOnlyList<string> ShapeSizes { get; init; } = [];

    /// <summary>The only resolutions, as in <c>1080p</c>.</summary>
    public IReadOnlyList<string> Resolutions { get; init; } = [];

    /// <summary>The only lengths, seconds.</summary>
    public IReadOnlyList<double> Durations { get; init; } = [];

    /// <summary>Seconds.</summary>
    public double? MinDuration { get; init; }

    /// <summary>Seconds.</summary>
    public double? MaxDuration { get; init; }

    /// <summary>Seconds that can be reached by extending a clip.</summary>
    public double? MaxExtendedDuration { get; init; }

    /// <summary>Characters.</summary>
    public int? MaxPromptLength { get; init; }

    /// <summary>Results of one request.</summary>
    public int? MaxResults { get; init; }

    /// <summary>Input images of one request, the image to start from included.</summary>
    public int? MaxInputImages { get; init; }

    /// <summary>The only media types of input images, as in <c>image/png</c>.</summary>
    public IReadOnlyList<string> InputTypes { get; init; } = [];

    /// <summary>JPEG, PNG and WebP, which nearly every model takes.</summary>
    public static IReadOnlyList<string> UsualInputTypes { get; } = ["image/jpeg", "image/png", "image/webp"];
}
