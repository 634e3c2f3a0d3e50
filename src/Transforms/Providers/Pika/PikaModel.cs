using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>What an endpoint takes, beyond what the contract's catalogue states.</summary>
internal sealed record PikaModel(ModelInfo Info)
{
    public string Id => Info.Id;

    public bool PromptRequired { get; init; } = true;

    /// <summary>Whether <c>aspect_ratio</c> is a field; else the shape follows the input.</summary>
    public bool TakesRatio { get; init; }

    /// <summary>Whether <c>resolution</c> is a field.</summary>
    public bool TakesResolution { get; init; }

    /// <summary>What the provider makes when a request specifies none.</summary>
    public string DefaultResolution { get; init; } = "720p";

    public PikaLength Length { get; init; }

    public PikaImages Images { get; init; }

    public bool TakesVideo { get; init; }

    /// <summary>False where the schema is not published; unknown native fields are then expected.</summary>
    public bool SchemaKnown { get; init; } = true;

    /// <summary>What is known about the native fields that no neutral parameter stands for.</summary>
    public IReadOnlyDictionary<string, NativeRule> Own { get; init; } = new Dictionary<string, NativeRule>();
}

/// <summary>How long a clip may be.</summary>
internal enum PikaLength
{
    /// <summary>No field.</summary>
    None,

    /// <summary>5 or 10 s.</summary>
    FiveOrTen,

    /// <summary>Any number of seconds; no limit is documented.</summary>
    Any,

    /// <summary>The sum of the transitions, at most 25 s.</summary>
    Transitions,
}

/// <summary>How many input images.</summary>
internal enum PikaImages
{
    None,

    /// <summary><c>image_url</c>.</summary>
    One,

    /// <summary><c>image_url</c>, if any.</summary>
    Optional,

    /// <summary><c>image_urls</c>, in any number.</summary>
    Ingredients,

    /// <summary><c>image_urls</c>, 2 to 5 in the order of time.</summary>
    Frames,
}
