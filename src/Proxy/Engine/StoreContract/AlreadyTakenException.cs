namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Another generation has this id, or this idempotency key; nothing has been sent.</summary>
internal sealed class AlreadyTakenException : Exception;
