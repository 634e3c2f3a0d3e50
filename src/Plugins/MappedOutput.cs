using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>
/// What a mapped request asks the provider to make: native parameters and the model's own defaults included. Limits, prices, quotes and caps look at this,
/// and at nothing that the caller wrote.
/// </summary>
public sealed record MappedOutput
{
    /// <summary>How many results. Default 1.</summary>
    public double Results { get; init; } = 1;

    /// <summary>The length of each, seconds; null where there is none, or the model chooses it.</summary>
    public double? Seconds { get; init; }

    /// <summary>Pixels; null where the model chooses, or words specify it.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; null where the model chooses, or words specify it.</summary>
    public int? Height { get; init; }

    /// <summary>The size class, as in <c>1080p</c>; null where there is none, or the model chooses it.</summary>
    public string? Resolution { get; init; }

    /// <summary>Whether there is sound; null where that is no question.</summary>
    public bool? Audio { get; init; }

    /// <summary>
    /// What the provider calls them, by neutral name (<c>n</c>, <c>duration</c>, <c>width</c>, <c>height</c>, <c>resolution</c>), with dots inside objects:
    /// a refusal names that field where the caller wrote it.
    /// </summary>
    public IReadOnlyDictionary<string, string> NativeNames { get; init; } = s_sameNames;

    private static readonly Dictionary<string, string> s_sameNames = new(StringComparer.Ordinal)
    {
        ["n"] = "n", ["duration"] = "duration", ["width"] = "width", ["height"] = "height", ["resolution"] = "resolution",
    };

    /// <summary>The native field in which a caller specified something.</summary>
    /// <param name="name">The neutral name.</param>
    /// <param name="native">The native parameters; undefined when there are none.</param>
    /// <returns>Null when nothing was specified there.</returns>
    public string? NativeFieldOf(string name, System.Text.Json.JsonElement native)
    {
        if (!NativeNames.TryGetValue(name, out var path))
        {
            return null;
        }

        foreach (var part in path.Split('.'))
        {
            native = Kit.JsonReading.Member(native, part);
        }

        return native.ValueKind is System.Text.Json.JsonValueKind.Undefined or System.Text.Json.JsonValueKind.Null ? null : path;
    }

    /// <summary>What a request asks for in neutral words, for an adapter that does not specify more.</summary>
    /// <param name="request">The request.</param>
    /// <param name="model">The model, whose defaults count where the request specifies nothing.</param>
    /// <returns>The description.</returns>
    public static MappedOutput Of(GenerationRequest request, ModelInfo model)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(model);
        var (p, usual) = (request.Parameters, model.Defaults);
        return new MappedOutput
        {
            Results = p.N ?? usual.N ?? 1,
            Seconds = p.Duration ?? usual.Duration,
            Width = p.Width ?? usual.Width,
            Height = p.Height ?? usual.Height,
            Resolution = (p.Resolution ?? usual.Resolution) is { } named ? Kit.PixelSize.ClassName(named) : null,
            Audio = p.Audio ?? usual.Audio,
        };
    }
}
