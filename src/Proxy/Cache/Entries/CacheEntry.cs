using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>A finished result that answers the same request again. Its media lie in the media store.</summary>
[ImmutableObject(true)]
internal sealed record CacheEntry
{
    private const int FixedBytes = 400;
    private const int BytesOfMedium = 500;

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

    /// <summary>What its first caller was told.</summary>
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
    public LocalHold Local { get; private init; } = new();

    /// <summary>What it is called by.</summary>
    [JsonIgnore]
    public EntryName Name => new(Key, Provider, Model, AskedProvider, AskedModel);

    /// <summary>About how much memory it takes, bytes.</summary>
    [JsonIgnore]
    public int Size => FixedBytes + (2 * Key.Length) + (BytesOfMedium * Result.Media.Count) + (2 * (Result.Text?.Length ?? 0))
        + (200 * Attempts.Count) + Warnings.Sum(w => 2 * w.Length);

    /// <summary>As bytes, without its key.</summary>
    public byte[] Pack() => JsonSerializer.SerializeToUtf8Bytes(this with { Key = "" }, CacheEntryJson.Default.CacheEntry);

    /// <summary>An entry of this process, from its bytes.</summary>
    public static CacheEntry Unpack(byte[] packed, string key)
    {
        var entry = JsonSerializer.Deserialize(packed, CacheEntryJson.Default.CacheEntry) ?? throw new JsonException("A packed entry is empty.");
        return entry with { Key = key, Local = new LocalHold { Accepted = true } };
    }

    public override string ToString() => $"{AskedProvider}/{AskedModel}";
}
