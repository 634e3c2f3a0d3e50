namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>A call for images.</summary>
/// <param name="Request">What to make.</param>
/// <param name="IsEdit">True for <c>/v1/images/edits</c>.</param>
/// <param name="AsUrl">True to answer links instead of base64.</param>
/// <param name="Stream">True to answer as an event stream.</param>
/// <param name="Quality">The quality asked for, for the answer.</param>
/// <param name="Background">The ground asked for, for the answer: <c>opaque</c> or <c>transparent</c>.</param>
internal sealed record ImageCall(DialectRequest Request, bool IsEdit, bool AsUrl, bool Stream, string Quality, string Background)
{
    /// <summary>How many previews are wanted at most, with <see cref="Stream"/>.</summary>
    public int Previews { get; init; }

    /// <summary>True to answer at once with an id to ask by.</summary>
    public bool InBackground { get; init; }
}
