namespace Framegate.Plugins.Contract;

/// <summary>One neutral parameter, and what becomes of it when a model cannot honour it.</summary>
public sealed class NeutralParameter
{
    private readonly Func<GenerationParameters, bool> _isGiven;

    private NeutralParameter(string name, bool changesTheResult, Func<GenerationParameters, bool> isGiven)
    {
        Name = name;
        ChangesTheResult = changesTheResult;
        _isGiven = isGiven;
    }

    /// <summary>Every neutral parameter.</summary>
    public static IReadOnlyList<NeutralParameter> All { get; } =
    [
        new("width", true, p => p.Width is not null),
        new("height", true, p => p.Height is not null),
        new("aspect_ratio", true, p => p.AspectRatio is not null),
        new("resolution", true, p => p.Resolution is not null),
        new("duration", true, p => p.Duration is not null),
        new("fps", true, p => p.Fps is not null),
        new("n", true, p => p.N is not null),
        new("seed", false, p => p.Seed is not null),
        new("negative_prompt", false, p => p.NegativePrompt is not null),
        new("image", true, p => p.Image is not null),
        new("last_image", true, p => p.LastImage is not null),
        new("mask", true, p => p.Mask is not null),
        new("control_image", true, p => p.ControlImage is not null),
        new("reference_images", true, p => p.ReferenceImages.Count > 0),
        new("video", true, p => p.Video is not null),
        new("strength", false, p => p.Strength is not null),
        new("guidance", false, p => p.Guidance is not null),
        new("steps", false, p => p.Steps is not null),
        new("output_format", true, p => p.OutputFormat is not null),
        new("audio", true, p => p.Audio is not null),
        new("voice", true, p => p.Voice is not null),
        new("enhance_prompt", false, p => p.EnhancePrompt is not null),
        new("safety", true, p => p.Safety is not null),
    ];

    /// <summary>The names of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(p => p.Name)];

    /// <summary>The name on the wire, under <c>parameters</c>.</summary>
    public string Name { get; }

    /// <summary>True: a model that cannot honour it refuses the request, since the caller would get or pay something else.
    /// False: a hint; it is left out with a warning.</summary>
    public bool ChangesTheResult { get; }

    /// <summary>Whether the caller gave it.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <returns>True when it is not null and not empty.</returns>
    public bool IsGiven(GenerationParameters parameters) => _isGiven(parameters);
}
