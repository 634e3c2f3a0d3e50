using System.Text.Json;

namespace Framegate.Plugins.Contract;

/// <summary>The neutral parameters of a request. Null always means "not given"; the model's own default then holds.</summary>
public sealed record GenerationParameters
{
    /// <summary>No parameters at all.</summary>
    public static GenerationParameters None { get; } = new();

    /// <summary>Width of the result, pixels, 1 to 16384.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the result, pixels, 1 to 16384.</summary>
    public int? Height { get; init; }

    /// <summary>Shape of the result, <c>W:H</c>, as in <c>16:9</c>; or <c>auto</c>.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>Size class of the result, as in <c>720p</c>, <c>1080p</c>, <c>4k</c>; lower case.</summary>
    public string? Resolution { get; init; }

    /// <summary>Length of a clip, seconds, above 0 to 3600.</summary>
    public double? Duration { get; init; }

    /// <summary>Frames per second, 1 to 240.</summary>
    public int? Fps { get; init; }

    /// <summary>How many results, 1 to 16.</summary>
    public int? N { get; init; }

    /// <summary>The seed of the random generator, 0 to 4294967295; -1 asks for a random one.</summary>
    public long? Seed { get; init; }

    /// <summary>What the result should not show.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The image to start from, or to edit.</summary>
    public MediaInput? Image { get; init; }

    /// <summary>The last frame of a clip.</summary>
    public MediaInput? LastImage { get; init; }

    /// <summary>Where to repaint: white is repainted.</summary>
    public MediaInput? Mask { get; init; }

    /// <summary>Edges, depth or pose that steer the composition.</summary>
    public MediaInput? ControlImage { get; init; }

    /// <summary>Images that the result should resemble, at most 16; empty when none was given.</summary>
    public IReadOnlyList<MediaInput> ReferenceImages { get; init; } = [];

    /// <summary>The clip to start from, or to edit.</summary>
    public MediaInput? Video { get; init; }

    /// <summary>How much the input image counts, 0 to 1.</summary>
    public double? Strength { get; init; }

    /// <summary>How closely the result follows the prompt, 0 to 100.</summary>
    public double? Guidance { get; init; }

    /// <summary>Steps of the sampler, 1 to 1000.</summary>
    public int? Steps { get; init; }

    /// <summary>The file format of the result, as in <c>png</c>, <c>jpeg</c>, <c>webp</c>, <c>mp4</c>; lower case.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Whether a clip has sound.</summary>
    public bool? Audio { get; init; }

    /// <summary>The voice that speaks.</summary>
    public string? Voice { get; init; }

    /// <summary>Whether the provider may rewrite the prompt.</summary>
    public bool? EnhancePrompt { get; init; }

    /// <summary>How tolerant the provider's content filter is: 0 is the strictest, 6 the most tolerant.</summary>
    public int? Safety { get; init; }

    /// <summary>Native parameters, by the name of the provider they are meant for. Every value is an object.</summary>
    public IReadOnlyDictionary<string, JsonElement> Native { get; init; } = System.Collections.Frozen.FrozenDictionary<string, JsonElement>.Empty;

    /// <summary>The names of all neutral parameters that were given, in the order of <see cref="NeutralParameter.All"/>.</summary>
    /// <returns>Names as on the wire.</returns>
    public IEnumerable<string> Given()
    {
        foreach (var parameter in NeutralParameter.All)
        {
            if (parameter.IsGiven(this))
            {
                yield return parameter.Name;
            }
        }
    }
}
