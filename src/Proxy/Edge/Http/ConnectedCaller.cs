using System.Net.Sockets;
using Framegate.Proxy.Engine.Repetitions;
using Microsoft.AspNetCore.Connections.Features;

namespace Framegate.Proxy.Edge.Http;

/// <summary>A caller by its connection. One that hangs up and asks again at once may be back before the server has noticed, so the socket itself is asked.</summary>
internal sealed class ConnectedCaller(HttpContext context) : ICaller
{
    private readonly CancellationToken _aborted = context.RequestAborted;

    // Streams of one HTTP/2 connection end one by one, and the server learns of that in order.
    private readonly Socket? _socket = HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)
        ? context.Features.Get<IConnectionSocketFeature>()?.Socket
        : null;

    // Whoever has closed its half counts as gone here: if it waits after all it gets its answer, and so does who asks for the same.
    private readonly CancellationToken _ended = context.Features.Get<SendingEnded>()?.Token ?? default;

    private volatile bool _isGone;

    public bool IsGone => IsKnownToBeGone || (_isGone = _socket is not null && IsClosed(_socket));

    public bool IsKnownToBeGone => _isGone || _aborted.IsCancellationRequested || _ended.IsCancellationRequested;

    /// <summary>Readable without anything to read: the other side has closed.</summary>
    private static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }
}
