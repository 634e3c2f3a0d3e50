using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Flux;

// Every member may be missing or of another kind than documented: FLUX 3 sends "cost": null until it settles.
internal sealed record FluxSubmitAnswer(JsonElement Id, JsonElement PollingUrl, JsonElement Cost);

internal sealed record FluxPollAnswer(
    JsonElement Id, JsonElement Status, JsonElement State, JsonElement Result, JsonElement Progress, JsonElement Details, JsonElement Cost,
    JsonElement Error, JsonElement Message);

/// <summary><c>detail</c> is a text or a list of <c>{ loc, msg, type }</c>; <c>message</c>, <c>error</c> and <c>retry_after</c> were seen as well.</summary>
internal sealed record FluxErrorAnswer(JsonElement Detail, JsonElement Message, JsonElement Error, JsonElement RetryAfter);

internal sealed record FluxCreditsAnswer(JsonElement Credits);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FluxSubmitAnswer))]
[JsonSerializable(typeof(FluxPollAnswer))]
[JsonSerializable(typeof(FluxErrorAnswer))]
[JsonSerializable(typeof(FluxCreditsAnswer))]
internal sealed partial class FluxJson : JsonSerializerContext;
