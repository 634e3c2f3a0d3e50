using Framegate.Plugins;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>Where a request is to go.</summary>
internal sealed record RoutePlan
{
    /// <summary>Why it goes nowhere; null when it goes somewhere.</summary>
    public GenerationError? Refusal { get; init; }

    /// <summary>The candidate that is tried first.</summary>
    public PlannedCandidate Picked { get; init; } = null!;

    /// <summary>The provider that is tried first.</summary>
    public string Provider => Picked.Candidate.Provider;

    /// <summary>Its adapter.</summary>
    public ProviderAdapter Adapter => Picked.Adapter!;

    /// <summary>Its model.</summary>
    public ModelInfo Model => Picked.Model!;

    /// <summary>The native request for it.</summary>
    public MappedRequest MappedRequest => Picked.MappedRequest!;

    /// <summary>The alias that was asked for; null when the request names its provider.</summary>
    public AliasRoute? Alias { get; init; }

    /// <summary>Every candidate, in the order of the configuration.</summary>
    public IReadOnlyList<PlannedCandidate> All { get; init; } = [];

    /// <summary>The candidates that can do the request; null when the request names its provider.</summary>
    public IReadOnlyList<Candidate>? Candidates { get; init; }

    /// <summary>The others, and why; null when there are none.</summary>
    public IReadOnlyList<SkippedCandidate>? Skipped { get; init; }

    /// <summary>Refused.</summary>
    public static RoutePlan Refused(GenerationError error) => new() { Refusal = error };
}
