using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Sandbox.Pika;

/// <summary>Answer to a submit and to a status call.</summary>
internal sealed record PikaStatus(string Status, string RequestId, string ResponseUrl, string StatusUrl, string CancelUrl)
{
    public int? QueuePosition { get; init; }

    public IReadOnlyList<PikaLog>? Logs { get; init; }

    public PikaMetrics? Metrics { get; init; }

    /// <summary>Only after a failure: there is no state for it.</summary>
    public string? Error { get; init; }

    public string? ErrorType { get; init; }

    /// <summary>Only in the answer to a submit with a webhook.</summary>
    public string? GatewayRequestId { get; init; }
}

/// <summary>What a webhook hears; the live service adds the result.</summary>
internal sealed record PikaCalled(string RequestId, string GatewayRequestId, string Status, string? Error);

/// <summary>A line that the runner wrote.</summary>
internal sealed record PikaLog(string Message, string Level, string Source, string Timestamp);

/// <summary>How long the runner worked, in seconds.</summary>
internal sealed record PikaMetrics(double InferenceTime);

/// <summary>The result.</summary>
internal sealed record PikaResult(PikaFile Video);

/// <summary>A generated file; the link needs no key.</summary>
internal sealed record PikaFile(string Url, string ContentType, string FileName, int FileSize);

/// <summary>A refusal by the infrastructure, not by a model.</summary>
internal sealed record PikaRefusal(string Detail, string? ErrorType = null);

/// <summary>Answer to a cancel.</summary>
internal sealed record PikaCancelled(string Status);

/// <summary><c>GET /v1/models/pricing</c>.</summary>
internal sealed record PikaPrices(IReadOnlyList<PikaPrice> Prices, bool HasMore);

/// <summary>The price of one endpoint.</summary>
internal sealed record PikaPrice(string EndpointId, double UnitPrice, string Unit, string Currency);

/// <summary><c>GET /v1/models/requests/by-endpoint</c>.</summary>
internal sealed record PikaRequestList(IReadOnlyList<PikaRequestItem> Items, string? NextCursor, bool HasMore);

/// <summary>One request of an endpoint; the input only where payloads are asked for.</summary>
internal sealed record PikaRequestItem(string RequestId, string EndpointId, string SentAt)
{
    public string? StartedAt { get; init; }

    public string? EndedAt { get; init; }

    public JsonElement? JsonInput { get; init; }
}

/// <summary>A refusal by the platform API.</summary>
internal sealed record PikaPlatformError(PikaPlatformProblem Error);

/// <summary>What the platform API refused.</summary>
internal sealed record PikaPlatformProblem(string Type, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PikaStatus))]
[JsonSerializable(typeof(PikaCalled))]
[JsonSerializable(typeof(PikaResult))]
[JsonSerializable(typeof(PikaRefusal))]
[JsonSerializable(typeof(PikaCancelled))]
[JsonSerializable(typeof(PikaPrices))]
[JsonSerializable(typeof(PikaRequestList))]
[JsonSerializable(typeof(PikaPlatformError))]
internal sealed partial class PikaJson : JsonSerializerContext;
