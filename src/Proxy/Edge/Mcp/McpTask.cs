using System.Text.Json.Serialization;
using Framegate.Proxy.Engine.Generations;
using ModelContextProtocol.Protocol;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>How a task stands.</summary>
internal enum McpStanding
{
    /// <summary>It goes on.</summary>
    Working,

    /// <summary>It has a result, or a failure.</summary>
    Ended,

    /// <summary>It was ended as it was asked.</summary>
    Cancelled,
}

/// <summary>A generation as a task.</summary>
/// <param name="State">The generation.</param>
/// <param name="Id">Its id.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="ChangedAt">When it was seen to stand so.</param>
/// <param name="KeptMs">How long it is kept from its beginning.</param>
internal sealed record McpStandingTask(GenerationState State, string Id, McpStanding Standing, string Phase, string CreatedAt, string ChangedAt, long KeptMs);

/// <summary>The answer to a call that goes on as a task.</summary>
internal sealed class McpTask : Result
{
    /// <summary>The id to ask for it by.</summary>
    [JsonPropertyName("taskId")]
    public required string TaskId { get; init; }

    /// <summary><c>working</c>, <c>completed</c> or <c>cancelled</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Where it is.</summary>
    [JsonPropertyName("statusMessage")]
    public required string StatusMessage { get; init; }

    /// <summary>When it was asked for.</summary>
    [JsonPropertyName("createdAt")]
    public required string CreatedAt { get; init; }

    /// <summary>When it was seen to stand so.</summary>
    [JsonPropertyName("lastUpdatedAt")]
    public required string LastUpdatedAt { get; init; }

    /// <summary>How long it is kept from its beginning.</summary>
    [JsonPropertyName("ttlMs")]
    public required long TtlMs { get; init; }

    /// <summary>How often to ask.</summary>
    [JsonPropertyName("pollIntervalMs")]
    public required int PollIntervalMs { get; init; }
}
