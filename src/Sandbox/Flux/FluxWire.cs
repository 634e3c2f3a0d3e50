using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Flux;

/// <summary>Answer to a submit (<c>AsyncResponse</c>).</summary>
internal sealed record FluxSubmitted(string Id, string PollingUrl, double? Cost, double? InputMp, double? OutputMp);

/// <summary>Answer to a submit with a webhook (<c>AsyncWebhookResponse</c>): no address to poll.</summary>
internal sealed record FluxHooked(string Id, string Status, string WebhookUrl, double? Cost, double? InputMp, double? OutputMp);

/// <summary>Answer to a poll (<c>ResultResponse</c>); FLUX 3 adds the settled cost.</summary>
internal sealed record FluxPolled(string Id, string Status, FluxResult? Result, double? Progress, JsonNode? Details, JsonNode? Preview)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Cost { get; init; }
}

/// <summary>What <c>Ready</c> carries; FLUX 3 has only the links.</summary>
internal sealed record FluxResult(string Sample)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Prompt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }

    /// <summary>Epoch seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? StartTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? EndTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Duration { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DraftCache { get; init; }
}

/// <summary><c>GET /v1/credits</c>.</summary>
internal sealed record FluxCredits(double Credits);

/// <summary><c>GET /v1/my_finetunes</c>.</summary>
internal sealed record FluxFinetunes(IReadOnlyList<string> Finetunes);

/// <summary><c>GET /v1/finetune_details</c>.</summary>
internal sealed record FluxFinetuneDetails(JsonObject FinetuneDetails);

/// <summary><c>POST /v1/delete_finetune</c>.</summary>
internal sealed record FluxFinetuneDeleted(string Status, string Message, string DeletedFinetuneId, DateTimeOffset Timestamp);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(FluxSubmitted))]
[JsonSerializable(typeof(FluxHooked))]
[JsonSerializable(typeof(FluxPolled))]
[JsonSerializable(typeof(FluxCredits))]
[JsonSerializable(typeof(FluxFinetunes))]
[JsonSerializable(typeof(FluxFinetuneDetails))]
[JsonSerializable(typeof(FluxFinetuneDeleted))]
internal sealed partial class FluxJson : JsonSerializerContext;
