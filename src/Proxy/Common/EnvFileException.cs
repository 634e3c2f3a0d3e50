namespace Framegate.Proxy.Common;

/// <summary>A <c>.env</c> cannot be read.</summary>
/// <param name="message">Which one, and where in it; nothing of what it holds.</param>
internal sealed class EnvFileException(string message) : Exception(message);
