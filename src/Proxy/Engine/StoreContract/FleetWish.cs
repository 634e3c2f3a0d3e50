using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What the driver of a generation is to be notified of.</summary>
/// <param name="Id">The generation.</param>
/// <param name="Cancel">True when its client has asked to cancel.</param>
/// <param name="Findings">What is known of its submit; null for nothing.</param>
internal readonly record struct FleetWish(string Id, bool Cancel, SubmitFindings? Findings)
{
    /// <summary>The called job as it is stored, by which the store finds what was taken; null for none.</summary>
    public byte[]? StoredCall { get; init; }

    /// <summary>The findings as they are stored; null for none.</summary>
    public byte[]? StoredFindings { get; init; }
}
