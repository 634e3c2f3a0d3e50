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
            if (name == Seen && request.Options.TryGetValue(OutgoingMessage.Key, out var message) && !MayBeAskedForAPassword(handler, request))
            {
                message.GoOut();
            }

            return before?.Invoke(name, request) ?? default(Encoding);
        };
    }

    /// <summary>A proxy of plain HTTP that wants a password gets the same message again, with it.</summary>
    private static bool MayBeAskedForAPassword(SocketsHttpHandler handler, HttpRequestMessage request) =>
        handler.UseProxy && request.RequestUri is { Scheme: "http" } target && (handler.Proxy ?? HttpClient.DefaultProxy) is var proxy && !proxy.IsBypassed(target);
}
