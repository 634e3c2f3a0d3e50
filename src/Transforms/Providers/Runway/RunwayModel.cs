using Framegate.Plugins;

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
internal readonly record struct RunwayOrder
{
    /// <summary>Length of the clip; null when the model chooses.</summary>
    public double? Seconds { get; init; }

    /// <summary>The size class, as in <c>1080p</c>; null when the model chooses.</summary>
    public string? Class { get; init; }

    /// <summary>Whether it has sound.</summary>
    public bool Audio { get; init; }

    /// <summary>Number of results.</summary>
    public int Count { get; init; }

    /// <summary>Length of the text.</summary>
    public int Characters { get; init; }

    /// <summary>How many pictures go in, as frames or as references.</summary>
    public int Images { get; init; }

    /// <summary>How many recordings go in.</summary>
    public int Sounds { get; init; }

    /// <summary>Whether a clip goes in; its length is not known.</summary>
    public bool Clip { get; init; }

    /// <summary>The value of <c>quality</c>.</summary>
    public string? Quality { get; init; }

    /// <summary>Whether the file is one of the usual kind, for which nothing is added.</summary>
    public bool Plain { get; init; }
}
