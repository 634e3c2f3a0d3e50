namespace Framegate.Plugins.Contract;

/// <summary>One neutral parameter: its name, its values, and what becomes of it when a model cannot honour it.</summary>
/// <remarks>The table <see cref="All"/> drives whoever goes through parameters: the reader, the cache key, other dialects and the schemas' test.</remarks>
public sealed class NeutralParameter
{
    /// <summary>The most images that <c>reference_images</c> takes.</summary>
    public const int MaxReferenceImages = 16;

    private readonly Func<GenerationParameters, object?> _get;
    private readonly Func<GenerationParameters, object, GenerationParameters> _set;

    private NeutralParameter(
        string name,
        ParameterKind kind,
        bool changesTheResult,
        Func<GenerationParameters, object?> get,
        Func<GenerationParameters, object, GenerationParameters> set,
        double least = 0,
        double most = 0)
    {
        Name = name;
        Kind = kind;
        ChangesTheResult = changesTheResult;
        (Least, Most) = (least, most);
        (_get, _set) = (get, set);
    }

    /// <summary>Every neutral parameter. The order is that of errors, warnings and cache keys.</summary>
    public static IReadOnlyList<NeutralParameter> All { get; } =
    [
        new("width", ParameterKind.Whole, true, p => (long?)p.Width, (p, v) => p with { Width = (int)(long)v }, 1, 16_384),
        new("height", ParameterKind.Whole, true, p => (long?)p.Height, (p, v) => p with { Height = (int)(long)v }, 1, 16_384),
        new("aspect_ratio", ParameterKind.Ratio, true, p => p.AspectRatio, (p, v) => p with { AspectRatio = (string)v }),
        new("resolution", ParameterKind.Word, true, p => p.Resolution, (p, v) => p with { Resolution = (string)v }, 1, 32),
        new("duration", ParameterKind.Number, true, p => p.Duration, (p, v) => p with { Duration = (double)v }, 0, 3600) { IsAboveLeast = true },
        new("fps", ParameterKind.Whole, true, p => (long?)p.Fps, (p, v) => p with { Fps = (int)(long)v }, 1, 240),
        new("n", ParameterKind.Whole, true, p => (long?)p.N, (p, v) => p with { N = (int)(long)v }, 1, 16) { Usual = 1L },
        new("seed", ParameterKind.Whole, false, p => p.Seed, (p, v) => p with { Seed = (long)v }, -1, uint.MaxValue),
        new("negative_prompt", ParameterKind.Prose, false, p => p.NegativePrompt, (p, v) => p with { NegativePrompt = (string)v }, 0, 131_072) { Usual = "" },
        new("image", ParameterKind.Image, true, p => p.Image, (p, v) => p with { Image = (MediaInput)v }),
        new("last_image", ParameterKind.Image, true, p => p.LastImage, (p, v) => p with { LastImage = (MediaInput)v }),
        new("mask", ParameterKind.Image, true, p => p.Mask, (p, v) => p with { Mask = (MediaInput)v }),
        new("control_image", ParameterKind.Image, true, p => p.ControlImage, (p, v) => p with { ControlImage = (MediaInput)v }),
        new(
            "reference_images",
            ParameterKind.Images,
            true,
            p => p.ReferenceImages.Count > 0 ? p.ReferenceImages : null,
            (p, v) => p with { ReferenceImages = (IReadOnlyList<MediaInput>)v },
            0,
            MaxReferenceImages),
        new("video", ParameterKind.Video, true, p => p.Video, (p, v) => p with { Video = (MediaInput)v }),
        new("strength", ParameterKind.Number, false, p => p.Strength, (p, v) => p with { Strength = (double)v }, 0, 1),
        new("guidance", ParameterKind.Number, false, p => p.Guidance, (p, v) => p with { Guidance = (double)v }, 0, 100),
        new("steps", ParameterKind.Whole, false, p => (long?)p.Steps, (p, v) => p with { Steps = (int)(long)v }, 1, 1000),
        new("output_format", ParameterKind.Word, true, p => p.OutputFormat, (p, v) => p with { OutputFormat = (string)v }, 1, 32),
        new("audio", ParameterKind.Flag, true, p => p.Audio, (p, v) => p with { Audio = (bool)v }),
        new("voice", ParameterKind.Text, true, p => p.Voice, (p, v) => p with { Voice = (string)v }, 1, 200),
        new("enhance_prompt", ParameterKind.Flag, false, p => p.EnhancePrompt, (p, v) => p with { EnhancePrompt = (bool)v }),
        new("safety", ParameterKind.Level, true, p => (long?)p.Safety, (p, v) => p with { Safety = (int)(long)v }, 0, 6),
    ];

    /// <summary>The names of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(p => p.Name)];

    /// <summary>The name on the wire, under <c>parameters</c>.</summary>
    public string Name { get; }

    /// <summary>What its values are.</summary>
    public ParameterKind Kind { get; }

    /// <summary>The least number, or the fewest characters or items. Zero where the kind has no range.</summary>
    public double Least { get; }

    /// <summary>The largest number, or the most characters or items. Zero where the kind has no range.</summary>
    public double Most { get; }

    /// <summary>True when a number must be above <see cref="Least"/>. Default false: that number itself is taken.</summary>
    public bool IsAboveLeast { get; private init; }

    /// <summary>The value that means the same as none, whatever the model; null (the default) where there is no such value.</summary>
    public object? Usual { get; private init; }

    /// <summary>True: a model that cannot honour it refuses the request, since the caller would get or pay something else.
    /// False: a hint; it is left out with a warning.</summary>
    public bool ChangesTheResult { get; }

    /// <summary>Whether the caller gave it.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <returns>True when it is not null and not empty.</returns>
    public bool IsGiven(GenerationParameters parameters) => _get(parameters) is not null;

    /// <summary>Its value.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <returns>A value of its <see cref="Kind"/>; null when not given.</returns>
    public object? ValueIn(GenerationParameters parameters) => _get(parameters);

    /// <summary>Sets it.</summary>
    /// <param name="parameters">The parameters so far.</param>
    /// <param name="value">A value of its <see cref="Kind"/>, within the range.</param>
    /// <returns>The parameters with it.</returns>
    public GenerationParameters Set(GenerationParameters parameters, object value) => _set(parameters, value);
}
