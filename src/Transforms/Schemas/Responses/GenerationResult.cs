using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>What a successful generation made.</summary>
/// <param name="Media">The stored files, in the provider's order; empty for text.</param>
/// <param name="Text">The text, for <see cref="MediaType.Text"/>.</param>
/// <param name="Seed">The seed that the provider reports; null when it reports none.</param>
public sealed record GenerationResult(IReadOnlyList<MediaItem> Media, string? Text = null, long? Seed = null);
