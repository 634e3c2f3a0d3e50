using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>What a response shows of the request it was made by.</summary>
/// <param name="Model">The model as the caller named it.</param>
/// <param name="IsImage">True for a picture by the image tool; false for a text.</param>
/// <param name="Quality">The quality asked for; <c>auto</c> for none.</param>
/// <param name="Background">The ground of the picture: <c>opaque</c> or <c>transparent</c>.</param>
/// <param name="InBackground">True for a call that did not wait.</param>
/// <param name="Store">False for one that cannot be looked up.</param>
/// <param name="Metadata">The caller's own words; null for none.</param>
internal sealed record ResponseFacts(string Model, bool IsImage, string Quality, string Background, bool InBackground, bool Store, JsonObject? Metadata)
{
    /// <summary>How many previews its stream has at most.</summary>
    public int Previews { get; init; }

    /// <summary>As it is kept.</summary>
    public static byte[]? Pack(ResponseFacts? facts) => facts is null ? null : JsonSerializer.SerializeToUtf8Bytes(facts, OpenAiJson.Default.ResponseFacts);

    /// <summary>Reads it back.</summary>
    /// <returns>Null for a generation that was not made as a response.</returns>
    public static ResponseFacts? Unpack(byte[]? packed) => packed is null ? null : JsonSerializer.Deserialize(packed, OpenAiJson.Default.ResponseFacts) is { Model: not null } facts ? facts : null;
}
