using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Media.Probe;

/// <summary>What the header of a file states.</summary>
/// <param name="ContentType">Its media type, as in <c>image/png</c>.</param>
/// <param name="Type">What it is.</param>
/// <param name="Width">Pixels as stored; null when the header states none.</param>
/// <param name="Height">Pixels as stored; null when the header states none.</param>
/// <param name="Duration">Seconds; null when the header states none, or for an image.</param>
internal sealed record MediaFacts(string ContentType, MediaType Type, int? Width = null, int? Height = null, double? Duration = null)
{
    /// <summary>True for a sound in which every sample is zero. It may be a silence by right; whoever ordered a sound should be warned.</summary>
    public bool IsSilent { get; init; }

    /// <summary>What it states of its origin; null for nothing.</summary>
    public MediaProvenance? Provenance { get; init; }
}
