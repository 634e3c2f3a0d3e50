namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>A request that was made before.</summary>
/// <param name="Id">The generation that it has led to.</param>
/// <param name="Fingerprint">The fingerprint of its body.</param>
internal sealed record KnownRequest(string Id, byte[] Fingerprint);
