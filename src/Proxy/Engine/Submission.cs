using Framegate.Proxy.Cache.Entries;

namespace Framegate.Proxy.Engine;

/// <summary>A request as it comes in.</summary>
/// <param name="Body">The body.</param>
/// <param name="Client">Who sends it.</param>
/// <param name="IdempotencyKey">The key it came with; null for none.</param>
/// <param name="BaseUrl">The address it came in on.</param>
internal sealed record Submission(byte[] Body, string Client, string? IdempotencyKey, string BaseUrl)
{
    /// <summary>What the caller says about cached results.</summary>
    public CacheDirectives Cache { get; init; }

    /// <summary>What the request may cost at most, USD; null for any price.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>The SHA-256 of the body, where it is known already or stands for more than the body.</summary>
    public byte[]? Fingerprint { get; init; }

    /// <summary>True when the caller waits for the result in any case, so that it need not hear first that the generation is safe.</summary>
    public bool Waits { get; init; }

    /// <summary>True for a repetition that may wait beside its first try instead of being told that it is still under way; it is found by its fingerprint.</summary>
    public bool Join { get; init; }

    /// <summary>What the edge keeps with the generation for itself; null for nothing.</summary>
    public byte[]? Attachment { get; init; }
}
