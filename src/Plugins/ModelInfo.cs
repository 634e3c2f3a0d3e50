using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>What is known about a model.</summary>
/// <param name="Id">Its id at the provider, as in a request.</param>
/// <param name="MediaType">What it makes.</param>
public sealed record ModelInfo(string Id, MediaType MediaType)
{
    /// <summary>What it can do: <c>text-to-image</c>, <c>image-to-image</c>, <c>inpainting</c>, <c>outpainting</c>, <c>controlnet</c>,
    /// <c>lora</c>, <c>text-to-video</c>, <c>image-to-video</c>, <c>video-to-video</c>, <c>extend</c>, <c>upscale</c>, <c>text-to-audio</c>,
    /// and <c>audio</c> for clips with sound.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    /// <summary>True when the provider fetches https inputs itself; false (the default) when it takes only bytes, so that the host fetches them.</summary>
    public bool FetchesUrls { get; init; }

    /// <summary>True when a clip (<c>parameters.video</c>) given by URL stays a URL although images must be bytes. Default false: as <see cref="FetchesUrls"/> specifies.</summary>
    public bool FetchesVideoUrls { get; init; }

    /// <summary>The inputs, as <c>image</c> or <c>reference_images</c>, that must be bytes although the provider fetches others itself. Default: none.</summary>
    public IReadOnlyList<string> InputsRead { get; init; } = [];

    /// <summary>The day the provider stopped, or will stop, serving it; null for none announced.</summary>
    public DateOnly? Retired { get; init; }

    /// <summary>The model that its maker names in its place; null (the default) for none.</summary>
    public string? Successor { get; init; }

    /// <summary>What the provider takes for a neutral parameter that is not given, where that is certain. A request that gives the same in so
    /// many words is the same request to the cache. Default: nothing is known.</summary>
    public GenerationParameters Defaults { get; init; } = GenerationParameters.None;

    /// <summary>What it takes at most.</summary>
    public ModelLimits Limits { get; init; } = new();

    /// <summary>What it costs where the provider does not report it; null when unknown.</summary>
    public ModelPrice? Price { get; init; }
}

/// <summary>A list price, USD.</summary>
/// <param name="PerResult">For one result, whatever its size.</param>
/// <param name="PerSecond">For one second of it.</param>
/// <param name="PerSecondBySize">For one second at a size or resolution that costs differently, by its native name; with <c>-silent</c>
/// behind it for a clip without sound, where that costs less.</param>
public sealed record ModelPrice(
    decimal? PerResult = null,
    decimal? PerSecond = null,
    IReadOnlyDictionary<string, decimal>? PerSecondBySize = null)
{
    /// <summary>For one result at a size or resolution that costs differently, by its native name; null where all cost the same.</summary>
    public IReadOnlyDictionary<string, decimal>? PerResultBySize { get; init; }

    /// <summary>For each megapixel, beside what a result costs; null where that is no question.</summary>
    public decimal? PerMegapixel { get; init; }

    /// <summary>For a thousand characters of the prompt; null where that is no question.</summary>
    public decimal? PerThousandCharacters { get; init; }

    /// <summary>True where the price is the most that it can be, since what is billed shows only afterwards. Default false.</summary>
    public bool IsBound { get; init; }

    /// <summary>Where it was read, and when; null when that is not kept.</summary>
    public string? Source { get; init; }
}
