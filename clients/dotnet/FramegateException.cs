using System.Net;

namespace Framegate.Client;

/// <summary>Framegate refused a call.</summary>
public class FramegateException : Exception
{
    internal FramegateException(string message, HttpStatusCode status, GenerationError? error)
        : base(message) => (Status, Error) = (status, error);

    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>What Framegate reports; null when the answer was not one of its own.</summary>
    public GenerationError? Error { get; }

    /// <summary>The generation, where it is known: what has begun can be waited for again.</summary>
    public string? RequestId { get; internal set; }

    /// <summary>One of <see cref="ErrorCodes"/>; null when the answer has none.</summary>
    public string? Code => Error?.Code;

    /// <summary>Whether the same request may succeed when it is sent again, and then is not paid for twice.</summary>
    public bool IsRetryable => Error?.Retryable == true;

    /// <summary>How long to wait before the next try; null when nobody knows.</summary>
    public TimeSpan? RetryAfter => Error?.RetryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}

/// <summary>A generation began and failed, or was cancelled.</summary>
public sealed class GenerationFailedException : FramegateException
{
    internal GenerationFailedException(Generation generation)
        : base(generation.Error?.Message ?? $"The generation {generation.RequestId} failed.", HttpStatusCode.OK, generation.Error) => (Generation, RequestId) = (generation, generation.RequestId);

    /// <summary>How it ended, with its attempts and what they cost.</summary>
    public Generation Generation { get; }
}
