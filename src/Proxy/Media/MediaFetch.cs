namespace Framegate.Proxy.Media;

/// <summary>How a download ended.</summary>
/// <param name="Received">The stored file; null when it failed.</param>
/// <param name="Reason">Why it failed, for people; no URL in it.</param>
/// <param name="IsFinal">True when no other try will do better.</param>
/// <param name="RetryAfter">What the server asks to wait; null when not given.</param>
internal sealed record MediaFetch(ReceivedMedia? Received, string? Reason = null, bool IsFinal = false, TimeSpan? RetryAfter = null);
