using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Framegate.Proxy.Edge.Unified;
using ModelContextProtocol.Protocol;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>A generation as an agent sees it.</summary>
/// <param name="Id">What get_generation and cancel_generation take.</param>
/// <param name="Status"><c>success</c>, <c>failed</c> or <c>processing</c>.</param>
/// <param name="Provider">Whose model makes it.</param>
/// <param name="Model">The model.</param>
/// <param name="Media">The results.</param>
/// <param name="Warnings">What was done otherwise than asked.</param>
internal sealed record McpGeneration(string Id, string Status, string? Provider, string? Model, IReadOnlyList<McpMediaItem> Media, IReadOnlyList<string> Warnings)
{
    /// <summary>From 0 to 1; null when not reported.</summary>
    public double? Progress { get; init; }

    /// <summary>USD; null when nobody knows yet.</summary>
    public decimal? Cost { get; init; }

    /// <summary>The text that a model of text wrote.</summary>
    public string? Text { get; init; }

    /// <summary>Why it failed, and whether another try makes sense.</summary>
    public McpFailure? Error { get; init; }
}

/// <summary>A result.</summary>
internal sealed record McpMediaItem(string Id, string Url, string Resource, string ContentType, long Bytes, int? Width, int? Height, double? Duration);

/// <summary>Why a generation failed.</summary>
internal sealed record McpFailure(string Code, string Message, bool Retryable);

/// <summary>The models there are.</summary>
internal sealed record McpModels(IReadOnlyList<McpModel> Models);

/// <summary>A model, or an alias.</summary>
internal sealed record McpModel(string Id, string? MediaType, IReadOnlyList<string> Capabilities)
{
    /// <summary>USD for one result; null when that is not how it is sold, or not known.</summary>
    public decimal? PricePerResult { get; init; }

    /// <summary>USD for one second of the result; null when that is not how it is sold, or not known.</summary>
    public decimal? PricePerSecond { get; init; }

    /// <summary>What an alias stands for, the first choice first.</summary>
    public IReadOnlyList<string>? LeadsTo { get; init; }
}

/// <summary>Source-generated JSON of the tools.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(McpGeneration))]
[JsonSerializable(typeof(McpModels))]
[JsonSerializable(typeof(QuoteAnswer))]
[JsonSerializable(typeof(CallToolResult))]
[JsonSerializable(typeof(McpTask))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(JsonElement?))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(double?))]
[JsonSerializable(typeof(decimal?))]
[JsonSerializable(typeof(bool?))]
internal sealed partial class McpJson : JsonSerializerContext;
