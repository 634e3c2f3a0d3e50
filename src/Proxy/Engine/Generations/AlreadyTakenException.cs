namespace Framegate.Proxy.Engine.Generations;

/// <summary>Another generation has this id, or this idempotency key; nothing has been sent.</summary>
internal sealed class AlreadyTakenException : Exception;
