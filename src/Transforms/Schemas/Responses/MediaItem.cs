using System.Text.Json.Serialization;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>One file in the media store.</summary>
public sealed record MediaItem
{
    /// <summary>Its id; <c>GET /media/{id}</c> answers the bytes, <c>media:ID</c> hands them to another request.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public required MediaType Type { get; init; }

    /// <summary>Where Framegate serves it.</summary>
    public required string Url { get; init; }

    /// <summary>Its media type, as in <c>image/png</c>.</summary>
    public required string ContentType { get; init; }

    /// <summary>Its size, bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>The SHA-256 of its bytes, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Pixels; null when the file states none.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; null when the file states none.</summary>
    public int? Height { get; init; }

    /// <summary>Seconds; null for an image, or when the file states none.</summary>
    public double? Duration { get; init; }

    /// <summary>When Framegate deletes it; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the file itself states of its origin; left out when it states nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MediaProvenance? Provenance { get; init; }
}
