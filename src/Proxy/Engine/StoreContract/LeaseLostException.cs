namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Somebody else drives this generation now; nothing was written.</summary>
internal sealed class LeaseLostException : Exception;
