using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>One change of a generation. All of it is stored, or nothing.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Owner">Who makes it.</param>
internal sealed record GenerationChange(GenerationState State, string Owner)
{
    /// <summary>The revision that it was made from; null where that does not matter. What nobody holds any more is changed by none who has not seen its end.</summary>
    public int? StandsOn { get; init; }

    /// <summary>Media that come with it.</summary>
    public IReadOnlyList<StoredMedia> Media { get; init; } = [];

    /// <summary>What identical requests have in common, when this first change begins a job that others may join, at any replica; null when they may not.</summary>
    public string? SharedJob { get; init; }

    /// <summary>What must still be reserved for it in the store when this first change is stored, USD; null where nothing is.</summary>
    public decimal? Held { get; init; }

    /// <summary>The delivery that it brings about; null for none.</summary>
    public Callback? Callback { get; init; }
}
