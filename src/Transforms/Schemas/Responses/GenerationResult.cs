using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Responses;

/// <summary>What a successful generation made.</summary>
/// <param name="Media">The stored files, in the provider's order; empty for text.</param>
/// <param name="Text">The text, for <see cref="MediaType.Text"/>.</param>
/// <param name="Seed">The seed the provider says it used; null when it does not say.</param>
public sealed record GenerationResult(IReadOnlyList<MediaItem> Media, string? Text = null, long? Seed = null);
