using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>Everything about a generation that is not its result.</summary>
public sealed record ResponseMetadata
{
    /// <summary>Where it stands.</summary>
    public GenerationPhase Phase { get; init; }

    /// <summary>0 to 1, as the provider reports it; 1 when it succeeded, null when the provider does not report.</summary>
    public double? Progress { get; init; }

    /// <summary>What could not be honoured, and what the caller should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Every try, in order.</summary>
    public IReadOnlyList<AttemptReport> Attempts { get; init; } = [];

    /// <summary>The model alias that was asked for; null when the request named its provider.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Alias { get; init; }

    /// <summary>Candidates of the alias that were left out, and why; null when none were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<SkippedCandidate>? Skipped { get; init; }

    /// <summary>The wait for a turn at the provider; null when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QueueReport? Queue { get; init; }

    /// <summary>How the cache took part: <c>hit</c>, <c>miss</c>, <c>bypass</c> or <c>shared</c>.</summary>
    public string? Cache { get; init; }

    /// <summary>What the result would have cost had the cache, or an identical request, not spared it, USD; null when nothing was spared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? Saved { get; init; }

    /// <summary>True when the cost is computed from a price list, since the provider reports none; else null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? CostEstimated { get; init; }

    /// <summary>True when stand-in providers answered; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Sandbox { get; init; }

    /// <summary>When it was asked for; null unless it is looked at later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When it ended; null while it has not, or unless it is looked at later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What it was asked for with; null unless it is looked at later.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AskedReport? Asked { get; init; }

    /// <summary>Whose it is; null unless an operator looks at it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Client { get; init; }

    /// <summary>The trace that its spans are of; null unless it is looked at later, and was traced.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    /// <summary>The request's own metadata, as it came; null when it had none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Request { get; init; }
}
