using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>A model and the endpoints that know it.</summary>
/// <param name="Info">For the catalogue.</param>
/// <param name="Calls">Without inputs the first is meant.</param>
internal sealed record RunwayModel(ModelInfo Info, IReadOnlyList<RunwayCall> Calls)
{
    /// <summary>Credits of a request by the price list; null when nobody knows.</summary>
    public Func<RunwayOrder, decimal?> Credits { get; init; } = _ => null;

    public string Id => Info.Id;

    /// <summary>The call for these inputs.</summary>
    /// <param name="hasVideo">A clip to start from was given.</param>
    /// <param name="hasImage">An image to start from was given.</param>
    /// <param name="named">The endpoint the caller names; null for none.</param>
    /// <returns>Null when the model is unknown at the named endpoint.</returns>
    public RunwayCall? CallFor(bool hasVideo, bool hasImage, string? named) =>
        named is not null ? Find(named)
        : (hasVideo ? Find("video_to_video") : null) ?? (hasImage ? Find("image_to_video") : null) ?? Calls[0];

    private RunwayCall? Find(string endpoint) => Calls.FirstOrDefault(c => c.Endpoint == endpoint);
}

/// <summary>What decides the price of a request.</summary>
/// <param name="Seconds">Length of the clip; null when the model chooses.</param>
/// <param name="Size">The value of <c>ratio</c>; null when the model chooses.</param>
/// <param name="Audio">Whether it has sound.</param>
/// <param name="Count">Number of results.</param>
/// <param name="Resolution">The value of <c>resolution</c>; null when the model chooses.</param>
/// <param name="Characters">Length of the text.</param>
internal readonly record struct RunwayOrder(double? Seconds, PixelSize? Size, bool Audio, int Count, string? Resolution, int Characters);
