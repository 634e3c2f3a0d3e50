namespace Framegate.Proxy.Host;

/// <summary>The program cannot start, and the message says what to do about it.</summary>
internal sealed class StartupException(string message) : Exception(message);
