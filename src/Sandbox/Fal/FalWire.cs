using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Fal;

/// <summary>Answer to a submit and to a status call.</summary>
internal sealed record FalStatus(string Status, string RequestId, string ResponseUrl, string StatusUrl, string CancelUrl)
{
    public int? QueuePosition { get; init; }

    public IReadOnlyList<FalLog>? Logs { get; init; }

    public FalMetrics? Metrics { get; init; }

    /// <summary>Only after a failure: there is no state for it.</summary>
    public string? Error { get; init; }

    public string? ErrorType { get; init; }

    /// <summary>Only in the answer to a submit with a webhook.</summary>
    public string? GatewayRequestId { get; init; }
}

/// <summary>What a webhook receives; the live service adds the result.</summary>
internal sealed record FalCalled(string RequestId, string GatewayRequestId, string Status, string? Error);

/// <summary>A line that the runner wrote.</summary>
internal sealed record FalLog(string Message, string Level, string Source, string Timestamp);

/// <summary>How long the runner worked, in seconds.</summary>
internal sealed record FalMetrics(double InferenceTime);

/// <summary>A refusal by the infrastructure, not by a model.</summary>
internal sealed record FalRefusal(string Detail, string? ErrorType = null);

/// <summary>Answer to a cancel.</summary>
internal sealed record FalCancelled(string Status);

/// <summary><c>GET /v1/models/pricing</c>.</summary>
internal sealed record FalPrices(IReadOnlyList<FalPrice> Prices, bool HasMore);

/// <summary>The price of one endpoint.</summary>
internal sealed record FalPrice(string EndpointId, double UnitPrice, string Unit, string Currency);

/// <summary><c>GET /v1/models/requests/by-endpoint</c>.</summary>
internal sealed record FalRequestList(IReadOnlyList<FalRequestItem> Items, string? NextCursor, bool HasMore);

/// <summary>One request of an endpoint; the input only where payloads are asked for.</summary>
internal sealed record FalRequestItem(string RequestId, string EndpointId, string SentAt)
{
    public string? StartedAt { get; init; }

    public string? EndedAt { get; init; }

    public int? StatusCode { get; init; }

    public double? Duration { get; init; }

    public JsonElement? JsonInput { get; init; }

    public JsonObject? JsonOutput { get; init; }
}

/// <summary>A refusal by the platform API.</summary>
internal sealed record FalPlatformError(FalPlatformProblem Error);

/// <summary>What the platform API refused.</summary>
internal sealed record FalPlatformProblem(string Type, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FalStatus))]
[JsonSerializable(typeof(FalCalled))]
[JsonSerializable(typeof(FalRefusal))]
[JsonSerializable(typeof(FalCancelled))]
[JsonSerializable(typeof(FalPrices))]
[JsonSerializable(typeof(FalRequestList))]
[JsonSerializable(typeof(FalPlatformError))]
internal sealed partial class FalJson : JsonSerializerContext;
