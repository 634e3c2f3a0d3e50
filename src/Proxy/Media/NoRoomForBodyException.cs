namespace Framegate.Proxy.Media;

/// <summary>
/// A body has outgrown the room there is for bodies, or for their inputs. It is no <see cref="BadHttpRequestException"/> and no <see cref="IOException"/>: those are
/// read as faults of the request.
/// </summary>
internal sealed class NoRoomForBodyException() : Exception("There is no room for the rest of the body.")
{
    /// <summary>Whether a failed transfer has failed for this.</summary>
    public static bool IsCauseOf(Exception? failure) => failure switch
    {
        null => false,
        NoRoomForBodyException => true,
        AggregateException several => several.InnerExceptions.Any(IsCauseOf),
        _ => IsCauseOf(failure.InnerException),
    };
}
