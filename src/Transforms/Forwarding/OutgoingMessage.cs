using Framegate.Plugins;

namespace Framegate.Transforms.Forwarding;

/// <summary>One message of an exchange. The client sends a message again by itself where a used connection breaks before an answer; what may go out once only forbids that.</summary>
/// <param name="exchange">The exchange that it belongs to.</param>
public sealed class OutgoingMessage(ProviderExchange exchange)
{
    private bool _isOut;

    /// <summary>Where a message keeps it.</summary>
    public static HttpRequestOptionsKey<OutgoingMessage> Key { get; } = new("framegate-message");

    /// <summary>Whether it may go out by itself a second time: a cancel, which changes nothing twice; and a submit with a body, which the client repeats only when it was refused
    /// unread. Anything else is asked again at the pace that is promised, or not at all.</summary>
    private bool MayRepeat => exchange.Operation == NativeCall.Cancel || (exchange.Operation == NativeCall.Submit && exchange.Body is not null);

    /// <summary>It is about to be written to a connection.</summary>
    /// <exception cref="HttpRequestException">It was written to another one before.</exception>
    public void GoOut()
    {
        if (_isOut && !MayRepeat)
        {
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The connection was closed before an answer came.");
        }

        _isOut = true;
    }
}
