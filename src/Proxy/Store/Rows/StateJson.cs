using System.Text.Json;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Rows;

/// <summary>A generation's state as it is stored.</summary>
internal static class StateJson
{
    /// <summary>
    /// The version of what is stored. A build that reads what this one has written keeps fields that it does not know, so a new field leaves the
    /// version as it is. Whatever an older build would misread raises it: that build then neither takes up nor changes the generation.
    /// </summary>
    public const int Version = 1;

    /// <summary>Writes it.</summary>
    public static byte[] Write(GenerationState state) => JsonSerializer.SerializeToUtf8Bytes(state, GenerationJson.Default.GenerationState);

    /// <summary>Reads it back.</summary>
    /// <exception cref="JsonException">A later build has written it.</exception>
    public static GenerationState Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, GenerationJson.Default.GenerationState) ?? throw new JsonException("A stored generation is empty.");
}
