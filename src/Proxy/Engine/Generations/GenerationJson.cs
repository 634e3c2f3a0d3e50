using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>Source-generated JSON of stored generations.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GenerationState))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(SubmitFindings))]
internal sealed partial class GenerationJson : JsonSerializerContext;
