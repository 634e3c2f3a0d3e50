using System.Text.Json.Serialization;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>A wait for the turn at a provider whose limit is used up.</summary>
/// <param name="Position">The place in the queue, from 1; null once it is over.</param>
/// <param name="WaitedMs">How long it took, or has taken so far, milliseconds.</param>
public sealed record QueueReport(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position,
    long WaitedMs)
{
    /// <summary>How long it will still take at about, milliseconds; null while nothing is known of it, and once it is over.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? EstimatedMs { get; init; }
}
