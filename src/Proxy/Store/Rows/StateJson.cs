using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
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

    // Added here and not by an attribute: a type that has it is written member by member through its metadata, which takes twice the time of the generated writer.
    private static readonly JsonTypeInfo<GenerationState> s_withUnknown = (JsonTypeInfo<GenerationState>)new JsonSerializerOptions(GenerationJson.Default.Options)
    {
        TypeInfoResolver = GenerationJson.Default.WithAddedModifier(static type =>
        {
            if (type.Type == typeof(GenerationState))
            {
                var unknown = type.CreateJsonPropertyInfo(typeof(Dictionary<string, JsonElement>), "$unknown");
                unknown.IsExtensionData = true;
                unknown.Get = static state => ((GenerationState)state).Unknown;
                unknown.Set = static (state, members) => ((GenerationState)state).Unknown = (Dictionary<string, JsonElement>?)members;
                type.Properties.Add(unknown);
            }
        }),
    }.GetTypeInfo(typeof(GenerationState));

    /// <summary>Writes it.</summary>
    public static byte[] Write(GenerationState state) =>
        JsonSerializer.SerializeToUtf8Bytes(state, state.Unknown is null ? GenerationJson.Default.GenerationState : s_withUnknown);

    /// <summary>Reads it back.</summary>
    /// <exception cref="JsonException">A later build has written it.</exception>
    public static GenerationState Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, s_withUnknown) ?? throw new JsonException("A stored generation is empty.");
}
