using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Runway;

// Every member may be missing or of another kind than documented: the first answers came without the costs.
internal sealed record RunwayTask(
    JsonElement Id,
    JsonElement Status,
    JsonElement Progress,
    JsonElement Output,
    JsonElement Failure,
    JsonElement FailureCode,
    JsonElement EstimatedCost,
    JsonElement Cost);

/// <summary><c>issues</c> is a list of <c>{ code, path, message, ... }</c>.</summary>
internal sealed record RunwayErrorAnswer(JsonElement Error, JsonElement Issues, JsonElement Message, JsonElement Detail);

internal sealed record RunwayOrganization(JsonElement CreditBalance);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunwayTask))]
[JsonSerializable(typeof(RunwayErrorAnswer))]
[JsonSerializable(typeof(RunwayOrganization))]
internal sealed partial class RunwayJson : JsonSerializerContext;
