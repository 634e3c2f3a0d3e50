namespace Framegate.Proxy.Edge.Unified;

/// <summary>The body of a health answer.</summary>
/// <param name="Status"><c>ok</c>, <c>starting</c>, or <c>failing</c>.</param>
internal sealed record HealthReport(string Status);
