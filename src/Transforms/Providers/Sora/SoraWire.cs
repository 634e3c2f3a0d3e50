using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Sora;

// Every member may be missing or of another kind than documented: the first answers came without some of the nullable fields.
internal sealed record SoraVideo(
    JsonElement Id,
    JsonElement Model,
    JsonElement Status,
    JsonElement Progress,
    JsonElement CreatedAt,
    JsonElement ExpiresAt,
    JsonElement Prompt,
    JsonElement Size,
    JsonElement Seconds,
    JsonElement RemixedFromVideoId,
    JsonElement Error);

internal sealed record SoraList(JsonElement Data, JsonElement LastId, JsonElement HasMore);

/// <summary><c>error</c> is <c>{ message, type, param, code }</c>.</summary>
internal sealed record SoraErrorAnswer(JsonElement Error, JsonElement Message, JsonElement Detail);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SoraVideo))]
[JsonSerializable(typeof(SoraList))]
[JsonSerializable(typeof(SoraErrorAnswer))]
internal sealed partial class SoraJson : JsonSerializerContext;
