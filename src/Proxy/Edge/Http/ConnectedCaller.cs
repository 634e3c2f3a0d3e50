using System.Net.Sockets;
using Framegate.Proxy.Engine.Repetitions;
using Microsoft.AspNetCore.Connections.Features;

namespace Framegate.Proxy.Edge.Http;

/// <summary>A caller by its connection. One that hangs up and asks again at once may be back before the server has noticed, so the socket itself is asked.</summary>
/// <remarks>
/// A system resets a connection that is closed with something in it that nobody has read, and closes in order one that was read to its end. So a reset right after an answer,
/// with nothing asked in between, shows that the answer was not read. Behind a proxy the connection is the proxy's, which closes as it likes; so does who reads events.
/// </remarks>
internal sealed class ConnectedCaller(HttpContext context) : ICaller
{
    private readonly CancellationToken _aborted = context.RequestAborted;

    // Streams of one HTTP/2 connection end one by one, and the server learns of that in order.
    private readonly Socket? _socket = HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol)
        ? context.Features.Get<IConnectionSocketFeature>()?.Socket
        : null;

    // Whoever has closed its half counts as gone here: if it waits after all it gets its answer, and so does who asks for the same.
    private readonly SendingEnded? _connection = context.Features.Get<SendingEnded>();

    // A connection that ends with the call is closed as its two ends like.
    private readonly bool _showsReading = HttpProtocol.IsHttp11(context.Request.Protocol) && ProxiedCall.SignOf(context.Request) is null
        && !context.Request.Headers.Connection.ToString().Contains("close", StringComparison.OrdinalIgnoreCase);

    private bool _isStream;
    private volatile bool _isGone;
    private long _sentAt;
    private int _asked;

    public bool IsGone => IsKnownToBeGone || (_isGone = _socket is not null && IsClosed(_socket));

    public bool IsKnownToBeGone => _isGone || _aborted.IsCancellationRequested || _connection?.Token.IsCancellationRequested == true;

    public bool IsBroken => _aborted.IsCancellationRequested;

    public bool ShowsWhetherRead => _socket is not null && _connection is not null && _showsReading && !_isStream;

    public bool HasNotRead => IsLast && _connection!.IsResetWithin(OrderTable<object>.UnreadWindow, _sentAt, _socket!);

    public bool IsKnownNotToHaveRead => IsLast && _connection!.WasResetWithin(OrderTable<object>.UnreadWindow, _sentAt);

    public bool IsKnownToHaveRead => _sentAt != 0 && ShowsWhetherRead && _connection!.Asked != _asked;

    /// <summary>Whether nothing was asked after the answer.</summary>
    private bool IsLast => _sentAt != 0 && ShowsWhetherRead && _connection!.Asked == _asked;

    public void Sent()
    {
        // Many a reader of events closes at the last of them, with the end of the stream unread.
        _isStream = context.Response.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;
        (_sentAt, _asked) = (_connection?.Now ?? 0, _connection?.Asked ?? 0);
    }

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
