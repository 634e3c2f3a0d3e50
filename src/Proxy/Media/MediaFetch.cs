namespace Framegate.Proxy.Media;

/// <summary>How a download ended.</summary>
/// <param name="Received">The stored file; null when it failed.</param>
/// <param name="Reason">Why it failed, for people; no URL in it.</param>
/// <param name="IsFinal">True when the same URL will not do better.</param>
/// <param name="IsUnfit">True when bytes came, and were not what was promised: an error page, say.</param>
internal sealed record MediaFetch(ReceivedMedia? Received, string? Reason = null, bool IsFinal = false, bool IsUnfit = false);
