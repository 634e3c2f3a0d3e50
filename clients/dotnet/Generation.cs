using System.Text.Json;

namespace Framegate.Client;

/// <summary>A generation as it stands. Words that later versions of Framegate may add to are text.</summary>
public sealed record Generation
{
    /// <summary>The version of the schema.</summary>
    public required string SchemaVersion { get; init; }

    /// <summary>The id of the generation; null only when the request was refused before it had one.</summary>
    public string? RequestId { get; init; }

    /// <summary>The provider that runs it; null when none was chosen.</summary>
    public string? Provider { get; init; }

    /// <summary>The model that runs it; null when none was chosen.</summary>
    public string? Model { get; init; }

    /// <summary><c>processing</c>, <c>success</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The result; null unless it succeeded.</summary>
    public GenerationResult? Result { get; init; }

    /// <summary>The failure; null unless it failed.</summary>
    public GenerationError? Error { get; init; }

    /// <summary>Everything else.</summary>
    public required GenerationMetadata Metadata { get; init; }

    /// <summary>When this response was made.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>From the request's arrival to the generation's end, or to now while it runs; milliseconds.</summary>
    public long ProcessingTimeMs { get; init; }

    /// <summary>Tokens the provider reports; null when it reports none.</summary>
    public long? TokensUsed { get; init; }

    /// <summary>What it costs, USD; null while nobody knows.</summary>
    public decimal? Cost { get; init; }
}

/// <summary>What a successful generation made.</summary>
public sealed record GenerationResult
{
    /// <summary>The stored files, in the provider's order; empty for text.</summary>
    public IReadOnlyList<MediaItem> Media { get; init; } = [];

    /// <summary>The text, for a model that makes text.</summary>
    public string? Text { get; init; }

    /// <summary>The seed that the provider reports; null when it reports none.</summary>
    public long? Seed { get; init; }
}

/// <summary>One file in the media store.</summary>
public sealed record MediaItem
{
    /// <summary>Its id; <c>media:ID</c> hands it to another request.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public MediaType Type { get; init; }

    /// <summary>Where Framegate serves it.</summary>
    public required string Url { get; init; }

    /// <summary>Its media type, as in <c>image/png</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>Its size, bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>The SHA-256 of its bytes, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pixels; null when the file states none.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; null when the file states none.</summary>
    public int? Height { get; init; }

    /// <summary>Seconds; null for an image, or when the file states none.</summary>
    public double? Duration { get; init; }

    /// <summary>When Framegate deletes it; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the file itself states of its origin, unverified; null when it states nothing.</summary>
    public Provenance? Provenance { get; init; }
}

/// <summary>What a file states of its origin. Nothing of it is verified.</summary>
public sealed record Provenance
{
    /// <summary>Whether it has a C2PA manifest.</summary>
    public bool C2pa { get; init; }

    /// <summary>IPTC's digital source type, as in <c>trainedAlgorithmicMedia</c>; null when it names none.</summary>
    public string? DigitalSourceType { get; init; }
}

/// <summary>Where a generation stands, and how it got there.</summary>
public sealed record GenerationMetadata
{
    /// <summary><c>queued</c>, <c>submitting</c>, <c>running</c>, <c>storing</c>, <c>succeeded</c>, <c>failed</c>, <c>cancelled</c> or <c>unknown</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>0 to 1, as the provider reports it; null when it does not.</summary>
    public double? Progress { get; init; }

    /// <summary>What could not be honoured, and what the caller should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Every try, in order.</summary>
    public IReadOnlyList<GenerationAttempt> Attempts { get; init; } = [];

    /// <summary><c>hit</c>, <c>miss</c>, <c>bypass</c> or <c>shared</c>; null when the cache did not take part.</summary>
    public string? Cache { get; init; }

    /// <summary>What the cache, or an identical request, spared, USD.</summary>
    public decimal? Saved { get; init; }

    /// <summary>Whether the cost is computed from a price list.</summary>
    public bool CostEstimated { get; init; }

    /// <summary>Whether stand-in providers answered.</summary>
    public bool Sandbox { get; init; }

    /// <summary>The trace that its spans belong to; null where it was not traced, and in the answer that is waited for.</summary>
    public string? TraceId { get; init; }

    /// <summary>The request's own metadata, as it came.</summary>
    public JsonElement? Request { get; init; }

    /// <summary>The model alias that was asked for; null when the request named its provider.</summary>
    public string? Alias { get; init; }
}

/// <summary>One try at one destination.</summary>
public sealed record GenerationAttempt
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init; }

    /// <summary>The region or account.</summary>
    public required string Destination { get; init; }

    /// <summary><c>pending</c>, <c>accepted</c>, <c>refused</c>, <c>unreachable</c> or <c>unknown</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The failure: one of <see cref="ErrorCodes"/>; null when there was none.</summary>
    public string? Code { get; init; }

    /// <summary>Whether it costs money: <c>no</c>, <c>yes</c> or <c>unknown</c>.</summary>
    public required string Billed { get; init; }

    /// <summary>From sending the submit to knowing its outcome, milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>The HTTP status of the provider's answer to the submit; null when none came.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Why no answer came, for people; null when one came.</summary>
    public string? Cause { get; init; }
}

/// <summary>Why a generation failed, or why a request was refused.</summary>
public sealed record GenerationError
{
    /// <summary>One of <see cref="ErrorCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What happened, for people.</summary>
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
    public double? RetryAfter { get; init; }
}

/// <summary>The part of an error that programs read.</summary>
public sealed record ErrorDetails
{
    /// <summary>Everything that is wrong with the request.</summary>
    public IReadOnlyList<FieldError> Fields { get; init; } = [];

    /// <summary>A short reason, as in <c>cancelled</c> or <c>submit_outcome_unknown</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>The provider's own code or status word.</summary>
    public string? NativeCode { get; init; }

    /// <summary>The provider's own name of the field that it refuses.</summary>
    public string? NativeField { get; init; }

    /// <summary>The HTTP status of the provider's answer.</summary>
    public int? NativeStatus { get; init; }
}

/// <summary>One thing that is wrong with a request.</summary>
public sealed record FieldError
{
    /// <summary>The path of the field, as in <c>parameters.width</c>; <c>$</c> is the whole body.</summary>
    public required string Field { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>The values that would be taken, where they can be listed.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
}

/// <summary>Something that happened to a generation.</summary>
/// <param name="Type"><c>progress</c>, and at the end <c>completed</c> or <c>failed</c>.</param>
/// <param name="Id">The place in the stream.</param>
/// <param name="Generation">How it stands.</param>
public sealed record GenerationEvent(string Type, string? Id, Generation Generation);
