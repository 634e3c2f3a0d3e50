namespace Framegate.Proxy.Media.Bucket;

/// <summary>The bucket of media cannot be used now; what is in it is still there.</summary>
internal sealed class BucketAwayException(Exception inner) : IOException($"The bucket of media cannot be used: {inner.Message}", inner);
