using System.Text;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>
/// Sees each time that a message goes out, below the client's own repetitions: the client asks for the encoding of each header as it writes it. One header that every message
/// to a provider has stands for all.
/// </summary>
internal static class SentOnce
{
    private const string Seen = "User-Agent";

    /// <summary>Watches a handler's messages.</summary>
    public static void Watch(SocketsHttpHandler handler)
    {
        var before = handler.RequestHeaderEncodingSelector;
        handler.RequestHeaderEncodingSelector = (name, request) =>
        {
            if (name == Seen && request.Options.TryGetValue(OutgoingMessage.Key, out var message))
            {
                message.GoOut();
            }

            return before?.Invoke(name, request) ?? default(Encoding);
        };
    }
}
