using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.FastApi;

/// <summary>One entry of FastAPI's validation answer.</summary>
/// <param name="Type">Pydantic's error type.</param>
/// <param name="Loc">Where: <c>body</c>, then names and indexes.</param>
/// <param name="Msg">Pydantic's message.</param>
internal sealed record Fault(string Type, IReadOnlyList<JsonNode> Loc, string Msg)
{
    /// <summary>Facts about the rule; not every service sends them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonNode? Ctx { get; init; }

    /// <summary>The value that was refused.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonNode? Input { get; init; }

    /// <summary>Where the error is explained.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }
}

/// <summary>HTTP 422 with all faults.</summary>
internal sealed record ValidationAnswer(IReadOnlyList<Fault> Detail);

/// <summary>Any other refusal.</summary>
internal sealed record DetailAnswer(string Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ValidationAnswer))]
[JsonSerializable(typeof(DetailAnswer))]
internal sealed partial class FastApiJson : JsonSerializerContext;
