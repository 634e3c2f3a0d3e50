namespace Framegate.Plugins;

/// <summary>A call that is about to leave, for an adapter that proves each one by itself.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Url">The absolute URL, query included.</param>
/// <param name="Body">The body; empty for none, and on the native route, where nobody reads it.</param>
/// <param name="At">The time of the call.</param>
public sealed record OutgoingCall(string Method, Uri Url, ReadOnlyMemory<byte> Body, DateTimeOffset At);
