namespace Framegate.Transforms.Schemas.Responses;

/// <summary>A candidate of a model alias that was left out.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record SkippedCandidate(string Provider, string Model, string Reason);
