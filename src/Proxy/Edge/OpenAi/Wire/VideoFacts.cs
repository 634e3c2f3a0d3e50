using System.Text.Json;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>What a video job shows of the request it was made by.</summary>
internal sealed record VideoFacts(string? Prompt, string Model, string? Size, string? Seconds, string? RemixedFrom)
{
    /// <summary>As it is kept.</summary>
    public static byte[]? Pack(VideoFacts? facts) => facts is null ? null : JsonSerializer.SerializeToUtf8Bytes(facts, OpenAiJson.Default.VideoFacts);

    /// <summary>Reads it back.</summary>
    public static VideoFacts? Unpack(byte[]? packed) => packed is null ? null : JsonSerializer.Deserialize(packed, OpenAiJson.Default.VideoFacts);
}
