using System.Text.Json.Serialization;

namespace Framegate.Client;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(GenerationRequest))]
[JsonSerializable(typeof(Generation))]
[JsonSerializable(typeof(Quote))]
[JsonSerializable(typeof(ModelListing))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class ClientJson : JsonSerializerContext;

/// <summary>Any answer that is an error: Framegate's own, or RFC 9457.</summary>
internal sealed record Refusal
{
    public GenerationError? Error { get; init; }

    public string? Title { get; init; }

    public string? Detail { get; init; }
}
