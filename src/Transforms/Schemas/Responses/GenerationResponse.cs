using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>A unified response, schema 2.0.</summary>
public sealed record GenerationResponse
{
    /// <summary>The version of the schema.</summary>
    public string SchemaVersion { get; init; } = GenerationRequest.CurrentVersion;

    /// <summary>The id of the generation; null only when the request was refused before it had one.</summary>
    public string? RequestId { get; init; }

    /// <summary>The provider that runs it; null when none was chosen.</summary>
    public string? Provider { get; init; }

    /// <summary>The model that runs it; null when none was chosen.</summary>
    public string? Model { get; init; }

    /// <summary>Done, failed or wait.</summary>
    public GenerationStatus Status { get; init; }

    /// <summary>The result; null unless the status is success.</summary>
    public GenerationResult? Result { get; init; }

    /// <summary>The failure; null unless the status is failed.</summary>
    public GenerationError? Error { get; init; }

    /// <summary>Everything else.</summary>
    public ResponseMetadata Metadata { get; init; } = new();

    /// <summary>When this response was made.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>From the request's arrival to the generation's end, or to now while it runs; milliseconds.</summary>
    public long ProcessingTimeMs { get; init; }

    /// <summary>Tokens the provider reports; null when it reports none.</summary>
    public long? TokensUsed { get; init; }

    /// <summary>What the generation costs, USD; null while nobody knows.</summary>
    public decimal? Cost { get; init; }
}
