namespace Framegate.Proxy.Media;

/// <summary>A result is larger than what is stored; no other try changes that.</summary>
internal sealed class MediaTooLargeException(long limit) : Exception($"it is larger than {limit} bytes");
