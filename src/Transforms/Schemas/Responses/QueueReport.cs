using System.Text.Json.Serialization;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>A wait for the turn at a provider whose limit is used up.</summary>
/// <param name="Position">The place in the queue, from 1; null once it is over.</param>
/// <param name="WaitedMs">How long it took, or has taken so far, milliseconds.</param>
public sealed record QueueReport(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Position,
    long WaitedMs);
