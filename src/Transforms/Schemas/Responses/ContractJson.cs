using System.Text.Json.Serialization;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>Source-generated JSON of the responses: snake_case, and no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(GenerationResponse))]
[JsonSerializable(typeof(GenerationResult))]
[JsonSerializable(typeof(GenerationError))]
[JsonSerializable(typeof(AttemptReport))]
public sealed partial class ContractJson : JsonSerializerContext;
