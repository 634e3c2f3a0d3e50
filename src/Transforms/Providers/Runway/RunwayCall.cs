using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What one model takes at one endpoint (npm <c>@runwayml/sdk</c> 4.20.1; bodies with a field it does not know are a 400).</summary>
/// <param name="Endpoint">The last part of the path, as in <c>text_to_video</c>.</param>
internal sealed record RunwayCall(string Endpoint)
{
    public RunwayPrompt Prompt { get; init; } = RunwayPrompt.Required;

    /// <summary>UTF-16 code units; 0 for no documented limit.</summary>
    public int MaxPrompt { get; init; }

    /// <summary>Values of <c>ratio</c> in pixels, for a given class the commonest shape first; empty when it takes none.</summary>
    public IReadOnlyList<PixelSize> Sizes { get; init; } = [];

    /// <summary>Values of <c>ratio</c> that leave the shape to the model, the cheapest first.</summary>
    public IReadOnlyList<string> AutoSizes { get; init; } = [];

    /// <summary>What is sent for <c>ratio</c> when the request specifies none and the provider requires it.</summary>
    public string? DefaultSize { get; init; }

    /// <summary>The area within which any size is taken, pixels; null where only the listed ones are.</summary>
    public (long Min, long Max)? FreeArea { get; init; }

    /// <summary>Shapes, for a model that takes a shape and not pixels.</summary>
    public IReadOnlyList<string> Shapes { get; init; } = [];

    /// <summary>The field of the shape.</summary>
    public string ShapeField { get; init; } = "ratio";

    /// <summary>Values of <c>resolution</c>.</summary>
    public IReadOnlyList<string> Resolutions { get; init; } = [];

    /// <summary>Values of <c>duration</c>; null when it takes none.</summary>
    public RunwayLengths? Lengths { get; init; }

    public bool Audio { get; init; }

    public bool Seed { get; init; }

    public bool NegativePrompt { get; init; }

    public RunwayFrames Frames { get; init; }

    /// <summary>The field of the clip; null when it takes none.</summary>
    public string? VideoField { get; init; }

    /// <summary>The field of the images to resemble; null when it takes none.</summary>
    public string? ReferenceField { get; init; }

    public int MaxReferences { get; init; } = 16;

    public bool ReferencesRequired { get; init; }

    /// <summary>Values of <c>outputFormat</c> whose result is one file.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>Values of <c>outputCount</c>; empty when it makes one result.</summary>
    public IReadOnlyList<int> Counts { get; init; } = [];

    public RunwayVoice Voice { get; init; }

    /// <summary>What is known about the native fields that no neutral parameter stands for.</summary>
    public IReadOnlyDictionary<string, NativeRule> Own { get; init; } = new Dictionary<string, NativeRule>();

    public string Path => "/v1/" + Endpoint;
}

/// <summary>Whether there is a text.</summary>
internal enum RunwayPrompt
{
    Required,
    Optional,
    None,
}

/// <summary>What becomes of <c>image</c> and <c>last_image</c>.</summary>
internal enum RunwayFrames
{
    None,

    /// <summary><c>promptImage</c>, the first frame.</summary>
    First,

    /// <summary><c>promptImage</c>, the first frame and optionally the last.</summary>
    FirstLast,

    /// <summary>The same, for a model that would take an image without a position as something to resemble.</summary>
    Positioned,

    /// <summary><c>keyframes</c>, at second 0.</summary>
    Keyframe,

    /// <summary><c>character</c>.</summary>
    Character,

    /// <summary><c>imageUri</c>.</summary>
    Plain,

    /// <summary>The first of the references.</summary>
    Reference,
}

/// <summary>What becomes of <c>voice</c>.</summary>
internal enum RunwayVoice
{
    None,

    /// <summary>The name of a preset; there must be one.</summary>
    Preset,

    /// <summary>The https URL of a recording.</summary>
    Recording,
}

/// <summary>Lengths a model makes, seconds.</summary>
/// <param name="Min">The shortest.</param>
/// <param name="Max">The longest; null where none is documented.</param>
internal sealed record RunwayLengths(double Min, double? Max)
{
    /// <summary>The only ones; empty when any between <see cref="Min"/> and <see cref="Max"/> is taken.</summary>
    public IReadOnlyList<int> Only { get; init; } = [];

    /// <summary>Whether it must be a whole number.</summary>
    public bool Whole { get; init; } = true;

    /// <summary>Whether the native value <c>auto</c> is taken.</summary>
    public bool Auto { get; init; }

    /// <summary>What is sent when the request specifies none and the provider requires one.</summary>
    public int? Default { get; init; }

    // Written so that NaN is outside.
    public bool Holds(double seconds) => Only.Count > 0
        ? Only.Any(only => only == seconds)
        : seconds >= Min && seconds <= (Max ?? 3600) && (!Whole || seconds == Math.Floor(seconds));
}
