using System.Text.Json.Serialization;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>The body of a health answer.</summary>
/// <param name="Status"><c>ok</c>, <c>degraded</c> (it takes requests, and something is away), <c>starting</c>, or <c>failing</c>.</param>
internal sealed record HealthReport(string Status)
{
    /// <summary>What <see cref="Bucket"/> and <see cref="Redis"/> hold for what cannot be used.</summary>
    public const string Away = "away";

    /// <summary>What is wrong with the store; null when nothing is known to be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Store { get; init; }

    /// <summary><c>away</c> while the bucket of media cannot be used: results wait for it. Null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bucket { get; init; }

    /// <summary><c>away</c> while the Redis cannot be used: each replica has its own cache, and its share of the limits. Null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Redis { get; init; }
}
