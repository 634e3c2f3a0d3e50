using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Client;

/// <summary>What to make, in Framegate's schema 2.0.</summary>
public sealed record GenerationRequest
{
    /// <summary>The version of the schema: always 2.0.</summary>
    public string SchemaVersion { get; } = "2.0";

    /// <summary>The caller's own id for the generation, up to 128 of <c>[A-Za-z0-9_.:-]</c>; Framegate makes one when it is absent.</summary>
    public string? RequestId { get; init; }

    /// <summary>A provider's name, or <c>auto</c>, which leaves the choice to Framegate. Default <c>auto</c>.</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>A model of that provider, or a model alias.</summary>
    public required string Model { get; init; }

    /// <summary>What to make. Default empty.</summary>
    public string? Prompt { get; init; }

    /// <summary>What kind of result is asked for. Default <see cref="MediaType.Image"/>.</summary>
    public MediaType MediaType { get; init; }

    /// <summary>Everything that shapes the result.</summary>
    public GenerationParameters? Parameters { get; init; }

    /// <summary>The caller's own notes, returned as they came; at most 16 KiB of JSON. <c>priority</c> counts in Framegate's queue.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Metadata { get; init; }

    /// <summary>When the caller made the request.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>How long the generation may take, seconds. Default 300; 1 to 3600.</summary>
    public double? Timeout { get; init; }

    /// <summary>How often Framegate may try; it never lets a paid submit repeat.</summary>
    public RetryConfig? RetryConfig { get; init; }

    /// <summary>Where Framegate sends the finished generation.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>What <see cref="CallbackUrl"/> is notified of: <c>generation.progress</c>, <c>generation.completed</c>, <c>generation.failed</c>. Default: the end, whatever it is.</summary>
    public IReadOnlyList<string>? CallbackEvents { get; init; }
}

/// <summary>A kind of result.</summary>
public enum MediaType
{
    /// <summary>A picture.</summary>
    [JsonStringEnumMemberName("image")]
    Image,

    /// <summary>A clip.</summary>
    [JsonStringEnumMemberName("video")]
    Video,

    /// <summary>Speech, sound or music.</summary>
    [JsonStringEnumMemberName("audio")]
    Audio,

    /// <summary>Words.</summary>
    [JsonStringEnumMemberName("text")]
    Text,
}

/// <summary>Neutral parameters; an input is an https URL, a <c>data:</c> URI, or <c>media:ID</c> of an earlier result.</summary>
public sealed record GenerationParameters
{
    /// <summary>Width of the result, pixels.</summary>
    public int? Width { get; init; }

    /// <summary>Height of the result, pixels.</summary>
    public int? Height { get; init; }

    /// <summary>Shape of the result, <c>W:H</c>, or <c>auto</c>.</summary>
    public string? AspectRatio { get; init; }

    /// <summary>Size class of the result, as in <c>720p</c> or <c>4k</c>.</summary>
    public string? Resolution { get; init; }

    /// <summary>Length of a clip, seconds.</summary>
    public double? Duration { get; init; }

    /// <summary>Frames per second.</summary>
    public double? Fps { get; init; }

    /// <summary>How many results.</summary>
    public int? N { get; init; }

    /// <summary>The seed of the random generator; -1 asks for a random one.</summary>
    public long? Seed { get; init; }

    /// <summary>What the result should not show.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>The image to start from, or to edit.</summary>
    public string? Image { get; init; }

    /// <summary>The last frame of a clip.</summary>
    public string? LastImage { get; init; }

    /// <summary>Where to repaint: white is repainted.</summary>
    public string? Mask { get; init; }

    /// <summary>Edges, depth or pose that steer the composition.</summary>
    public string? ControlImage { get; init; }

    /// <summary>Images that the result should resemble.</summary>
    public IReadOnlyList<string>? ReferenceImages { get; init; }

    /// <summary>The clip to start from, or to edit.</summary>
    public string? Video { get; init; }

    /// <summary>How much the input image counts.</summary>
    public double? Strength { get; init; }

    /// <summary>How closely the result follows the prompt.</summary>
    public double? Guidance { get; init; }

    /// <summary>Steps of the sampler.</summary>
    public int? Steps { get; init; }

    /// <summary>The file format of the result, as in <c>png</c> or <c>mp4</c>.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Whether a clip has sound.</summary>
    public bool? Audio { get; init; }

    /// <summary>The voice that speaks.</summary>
    public string? Voice { get; init; }

    /// <summary>Whether the provider may rewrite the prompt.</summary>
    public bool? EnhancePrompt { get; init; }

    /// <summary>How tolerant the provider's content filter is: 0 (strictest) to 6.</summary>
    public int? Safety { get; init; }

    /// <summary>Native parameters: an object under a provider's name.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Native { get; set; }
}

/// <summary>How often Framegate may try.</summary>
public sealed record RetryConfig
{
    /// <summary>Submits in all.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Pause before the second attempt, milliseconds; it doubles from then on.</summary>
    public int? BaseDelayMs { get; init; }

    /// <summary>Longest pause between two attempts, milliseconds.</summary>
    public int? MaxDelayMs { get; init; }

    /// <summary>Whether the pauses are spread at random.</summary>
    public bool? Jitter { get; init; }

    /// <summary>What the request may cost in all, USD.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Codes that may be tried again besides those that are by nature: <see cref="ErrorCodes"/>.</summary>
    public IReadOnlyList<string>? RetryOn { get; init; }
}
