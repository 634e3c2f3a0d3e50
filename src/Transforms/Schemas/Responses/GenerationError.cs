using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>Why a generation failed, or why a request was refused.</summary>
public sealed record GenerationError
{
    /// <summary>One of the ten codes.</summary>
    public required ErrorCode Code { get; init; }

    /// <summary>What happened, for people. Never holds a key, a prompt or media.</summary>
    public required string Message { get; init; }

    /// <summary>Whether the same request may succeed when it is sent again, and then is not paid for twice.</summary>
    public bool Retryable { get; init; }

    /// <summary>The provider the failure came from; null when it is Framegate's own answer.</summary>
    public string? Provider { get; init; }

    /// <summary>What a program can act on; null when there is nothing to add.</summary>
    public ErrorDetails? Details { get; init; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Seconds to wait before the next try; null when nobody knows.</summary>
    public int? RetryAfter { get; init; }
}
