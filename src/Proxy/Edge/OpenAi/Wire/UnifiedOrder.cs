using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>What a call of the dialect asks for, in unified terms.</summary>
internal sealed record UnifiedOrder
{
    /// <summary>The call, for the names of its parameters.</summary>
    public required DialectCall Call { get; init; }

    /// <summary>The model.</summary>
    public required ModelName Model { get; init; }

    /// <summary>Image or video.</summary>
    public required MediaType MediaType { get; init; }

    /// <summary>What to make.</summary>
    public required string Prompt { get; init; }

    /// <summary>Pixels; null leaves the size to the model.</summary>
    public PixelCount? Size { get; init; }

    /// <summary>Length, seconds; null leaves it to the model.</summary>
    public int? Seconds { get; init; }

    /// <summary>How many results.</summary>
    public int N { get; init; } = 1;

    /// <summary>Which of several requests that one call was split into, from 0; null when it was not split.</summary>
    public int? Part { get; init; }

    /// <summary>The file format; null leaves it to the model.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>Input images, as JSON strings; the first is the one to start from.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Images { get; init; } = [];

    /// <summary>The unified mask, as a JSON string; empty for none.</summary>
    public ReadOnlyMemory<byte> Mask { get; init; }

    /// <summary>The stored clip to start from, <c>media:ID</c>; null for none.</summary>
    public string? Clip { get; init; }

    /// <summary>Unified parameters that the dialect does not have, and native ones, as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> More { get; init; } = [];

    /// <summary>Where to tell the outcome; null for nowhere.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>How long it may take.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>What a video job shows of its request; null for images.</summary>
    public VideoFacts? Video { get; init; }

    /// <summary>What is accepted without effect.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What a video job shows of the request it was made by.</summary>
internal sealed record VideoFacts(string Prompt, string Model, string? Size, string? Seconds, string? RemixedFrom)
{
    /// <summary>As it is kept.</summary>
    public static byte[]? Pack(VideoFacts? facts) => facts is null ? null : JsonSerializer.SerializeToUtf8Bytes(facts, OpenAiJson.Default.VideoFacts);

    /// <summary>Reads it back.</summary>
    public static VideoFacts? Unpack(byte[]? packed) => packed is null ? null : JsonSerializer.Deserialize(packed, OpenAiJson.Default.VideoFacts);
}
