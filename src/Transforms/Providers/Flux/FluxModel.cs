using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>What a model takes, beyond what the contract's catalogue states.</summary>
internal sealed record FluxModel(ModelInfo Info)
{
    public string Id => Info.Id;

    /// <summary>For models with <c>width</c> and <c>height</c>; null for all others.</summary>
    public PixelGrid? Grid { get; init; }

    /// <summary>For models with <c>aspect_ratio</c>: the shapes with a name; empty for all others.</summary>
    public IReadOnlyList<AspectRatio> Ratios { get; init; } = [];

    /// <summary>The field of the first input image; null when it takes none. The second goes to the same name with <c>_2</c>.</summary>
    public string? ImageField { get; init; }

    public int MaxImages { get; init; } = 1;

    /// <summary>Fields without which the model does nothing; any one of an entry is enough.</summary>
    public IReadOnlyList<RequiredField> Required { get; init; } = [];

    public bool TakesMask { get; init; }

    public bool TakesControlImage { get; init; }

    /// <summary>Whether <c>strength</c> has a field, <c>image_prompt_strength</c>.</summary>
    public bool TakesStrength { get; init; }

    public bool Upsampling { get; init; }

    public FluxPrompt Prompt { get; init; } = FluxPrompt.Required;

    public Bounds? Steps { get; init; }

    public Bounds? Guidance { get; init; }

    /// <summary>The most tolerant value of <c>safety_tolerance</c>: 6 for FLUX.1, 5 for FLUX.2, 4 for FLUX 3.</summary>
    public int MaxSafety { get; init; } = 6;

    /// <summary>What is known about its native fields.</summary>
    public IReadOnlyDictionary<string, NativeRule> Rules { get; init; } = new Dictionary<string, NativeRule>();
}

/// <summary>When the prompt may be empty.</summary>
internal enum FluxPrompt
{
    Required,

    /// <summary>With an image prompt.</summary>
    OrImagePrompt,

    Optional,
}

/// <summary>A field that has to be there.</summary>
/// <param name="Native">Its name in the body.</param>
/// <param name="Path">The path of the parameter to name in a refusal.</param>
/// <param name="OrNative">Another field that does as well.</param>
internal sealed record RequiredField(string Native, string Path, string? OrNative = null);

/// <summary>A closed range.</summary>
internal readonly record struct Bounds(double Min, double Max)
{
    // Written so that NaN is outside.
    public bool Holds(double value) => value >= Min && value <= Max;
}
