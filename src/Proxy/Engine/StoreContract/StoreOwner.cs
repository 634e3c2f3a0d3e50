namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>This process, as the owner of the generations that it drives.</summary>
/// <param name="Id">No other process has the same.</param>
internal sealed record StoreOwner(string Id);
