using System.Net.Sockets;

namespace Framegate.Proxy.Edge.Http;

/// <summary>The end of what a client sends over a connection; it may wait for its answer still, or be gone.</summary>
/// <param name="time">The clock.</param>
/// <param name="token">Cancelled as soon as the server has noticed.</param>
internal sealed class SendingEnded(TimeProvider time, CancellationToken token)
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const byte TcpClose = 7;
    private int _asked;
    private long _resetAt;
    private volatile bool _isOver;

    /// <summary>Cancelled as soon as the server has noticed.</summary>
    public CancellationToken Token { get; } = token;

    /// <summary>How many requests have come over the connection.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The time, as the other members take it.</summary>
    public long Now => time.GetTimestamp();

    /// <summary>Whether the server has noticed that the connection was reset, no longer than that after a time.</summary>
    public bool WasResetWithin(TimeSpan span, long since) => Volatile.Read(ref _resetAt) is not 0 and var at && time.GetElapsedTime(since, at) < span;

    /// <summary>Whether the connection was reset, no longer than that after a time; the system itself is asked.</summary>
    public bool IsResetWithin(TimeSpan span, long since, Socket socket)
    {
        if (!_isOver && time.GetElapsedTime(since) < span)
        {
            Look(socket);
        }

        return WasResetWithin(span, since);
    }

    /// <summary>Asks the system whether the connection has been reset.</summary>
    public void Look(Socket socket)
    {
        var state = Ask(socket);

        // In this order: a connection that both sides have closed in order looks like one that was reset.
        if (state == TcpClose && !_isOver)
        {
            Reset();
        }

        _isOver |= state is null;
    }

    /// <summary>The server is about to close the connection: its state from now on shows nothing of the client.</summary>
    public void Closing() => _isOver = true;

    /// <summary>Another request has come: whatever was answered before it has been read.</summary>
    public void Ask() => Interlocked.Increment(ref _asked);

    /// <summary>The connection has been reset, instead of closed in order.</summary>
    public void Reset() => Interlocked.CompareExchange(ref _resetAt, time.GetTimestamp(), 0);

    /// <summary>What the system reports as a connection's state.</summary>
    /// <returns>Null when there is nobody to ask any more.</returns>
    private static byte? Ask(Socket socket)
    {
        try
        {
            Span<byte> info = stackalloc byte[104];
            return OperatingSystem.IsLinux() && socket.GetRawSocketOption(Tcp, TcpInfo, info) > 0 ? info[0] : (byte)0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
