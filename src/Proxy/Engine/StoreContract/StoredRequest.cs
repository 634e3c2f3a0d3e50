namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>What a generation is asked for with.</summary>
/// <param name="Body">The body as it came; kept until the provider has accepted the job.</param>
/// <param name="Fingerprint">The SHA-256 of the body, or of what stands for it.</param>
/// <param name="IdempotencyKey">The caller's key; null for none.</param>
/// <param name="IdIsGiven">True when the caller chose the generation's id, so that it may be taken.</param>
internal sealed record StoredRequest(byte[] Body, byte[] Fingerprint, string? IdempotencyKey, bool IdIsGiven)
{
    /// <summary>True when a repetition is to be found by its fingerprint.</summary>
    public bool ByContent { get; init; }
}
