using System.Text.Json.Serialization;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>The body of a health answer.</summary>
/// <param name="Status"><c>ok</c>, <c>starting</c>, or <c>failing</c>.</param>
internal sealed record HealthReport(string Status)
{
    /// <summary>What is wrong with the store; null when nothing is known to be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Store { get; init; }
}
