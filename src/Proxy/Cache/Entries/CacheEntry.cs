using System.Text.Json.Serialization;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>A finished result that answers the same request again. Its media lie in the media store.</summary>
internal sealed record CacheEntry
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>The generation that made it.</summary>
    public required string Id { get; init; }

    /// <summary>Whose generation that was.</summary>
    public required string Client { get; init; }

    /// <summary>The provider that was asked for: <c>auto</c> for an alias.</summary>
    public required string AskedProvider { get; init; }

    /// <summary>The model or alias that was asked for.</summary>
    public required string AskedModel { get; init; }

    /// <summary>The provider that made it.</summary>
    public required string Provider { get; init; }

    /// <summary>The adapter that speaks for the provider.</summary>
    public required string Adapter { get; init; }

    /// <summary>The model that made it.</summary>
    public required string Model { get; init; }

    /// <summary>The result; its URLs are paths.</summary>
    public required GenerationResult Result { get; init; }

    /// <summary>What its first caller was warned of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How it was made.</summary>
    public IReadOnlyList<AttemptReport> Attempts { get; init; } = [];

    /// <summary>As the provider reported it.</summary>
    public double? Progress { get; init; }

    /// <summary>Where it was made.</summary>
    [JsonPropertyName("home")]
    public JobLocation? JobLocation { get; init; }

    /// <summary>What it cost, USD; null when nobody knows.</summary>
    public decimal? Cost { get; init; }

    /// <summary>True when the cost comes from a price list.</summary>
    public bool CostEstimated { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset StoredAt { get; init; }

    /// <summary>When it answers no longer.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>What this process alone knows about it.</summary>
    [JsonIgnore]
    public EntryLocalState Local { get; } = new();

    public override string ToString() => $"{AskedProvider}/{AskedModel}";
}
