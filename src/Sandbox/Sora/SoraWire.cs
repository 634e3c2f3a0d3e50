using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Sora;

/// <summary>The Video job. All 13 keys are always written (OpenAI's OpenAPI document marks them all as required).</summary>
internal sealed record SoraVideo(
    string Id, string Object, string Model, string Status, int Progress, long CreatedAt, long? CompletedAt, long? ExpiresAt, string? Prompt,
    string Size, string Seconds, string? RemixedFromVideoId, SoraJobError? Error);

/// <summary>Why a job failed.</summary>
internal sealed record SoraJobError(string Code, string Message);

/// <summary>A page of jobs.</summary>
internal sealed record SoraVideoList(string Object, IReadOnlyList<SoraVideo> Data, string? FirstId, string? LastId, bool HasMore);

/// <summary>Answer to a delete.</summary>
internal sealed record SoraDeleted(string Id, string Object, bool Deleted);

/// <summary>An uploaded character.</summary>
internal sealed record SoraCharacter(string Id, string Name, long CreatedAt);

/// <summary>One entry of <c>GET /v1/models</c>.</summary>
internal sealed record SoraModelEntry(string Id, string Object, long Created, string OwnedBy);

/// <summary><c>GET /v1/models</c>.</summary>
internal sealed record SoraModelList(string Object, IReadOnlyList<SoraModelEntry> Data);

/// <summary>An HTTP error.</summary>
internal sealed record SoraErrorAnswer(SoraErrorBody Error);

/// <summary>All four keys are always written.</summary>
internal sealed record SoraErrorBody(string Message, string Type, string? Param, string? Code);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SoraVideo))]
[JsonSerializable(typeof(SoraVideoList))]
[JsonSerializable(typeof(SoraDeleted))]
[JsonSerializable(typeof(SoraCharacter))]
[JsonSerializable(typeof(SoraModelEntry))]
[JsonSerializable(typeof(SoraModelList))]
[JsonSerializable(typeof(SoraErrorAnswer))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class SoraJson : JsonSerializerContext;
