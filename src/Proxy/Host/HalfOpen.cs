using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Framegate.Proxy.Edge.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Framegate.Proxy.Host;

/// <summary>
/// Lets a client that has closed its sending half after the request have its answer. The server takes the end of what a client sends for the end of the connection, and ends
/// the request. From here it learns of that only when the connection has broken, or when the client's system reports that nobody is there to read.
/// </summary>
/// <remarks>
/// A client that has hung up for good looks the same until something is sent to it. The connection's keep-alive probes ask its system; where it does not answer, or no
/// probes can be sent, <see cref="Longest"/> is the end. What has to know at once whether a caller has closed asks the socket (<c>ConnectedCaller</c>).
/// </remarks>
internal static class HalfOpen
{
    /// <summary>How long an answer may take once the client has closed its half; longer than any request may wait.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(70);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Puts it in front of each endpoint.</summary>
    public static void Apply(KestrelServerOptions kestrel, TimeProvider time) => kestrel.ConfigureEndpointDefaults(
        listen => listen.Use(next => connection => RunAsync(next, connection, time)));

    private static async Task RunAsync(ConnectionDelegate next, ConnectionContext connection, TimeProvider time)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            await next(connection);
            return;
        }

        var ended = connection.ConnectionClosed;
        using var gone = new CancellationTokenSource();
        using var over = new CancellationTokenSource();
        connection.ConnectionClosed = gone.Token;
        var sending = new SendingEnded(time, ended);
        connection.Features.Set(sending);
        connection.Transport = new Halves(new Reader(connection.Transport.Input, sending), new Writer(connection.Transport.Output, sending));
        var watching = Task.CompletedTask;
        using (ended.UnsafeRegister(_ => watching = WatchAsync(socket, sending, gone, time, over.Token), null))
        {
            try
            {
                await next(connection);
            }
            finally
            {
                await over.CancelAsync();
            }
        }

        await watching;
    }

    /// <summary>The client sends nothing more. Ends when nobody is there to read either, or the connection is over.</summary>
    private static async Task WatchAsync(Socket socket, SendingEnded sending, CancellationTokenSource gone, TimeProvider time, CancellationToken over)
    {
        sending.Look(socket);
        if (IsHalfOpen(socket))
        {
            Probe(socket);
            for (var left = Longest; left > TimeSpan.Zero && IsHalfOpen(socket) && !over.IsCancellationRequested; left -= Look)
            {
                await Task.Delay(Look, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await gone.CancelAsync();
    }

    private static void Probe(Socket socket)
    {
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A socket of another kind, or one that has just broken.
        }
    }

    /// <summary>Whether the client has closed in order, and has not been found to be gone since.</summary>
    private static bool IsHalfOpen(Socket socket)
    {
        try
        {
            return socket.Connected && !socket.Poll(0, SelectMode.SelectError)
                && socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private sealed record Halves(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Reports the end of what the client sends only once all before has been looked at. The server gives up a request whose last bytes come together with the end.</summary>
    /// <remarks>
    /// The server may come for the next request without having given back what it holds of this one: a body that broke off, or a request that was aborted with its body looked
    /// at and not taken. The pipe refuses that as an error of its reader; here it is the end of the connection, as it is for the client.
    /// </remarks>
    private sealed class Reader(PipeReader inner, SendingEnded sending) : PipeReader
    {
        private SequencePosition? _end;
        private bool _isShown;
        private bool _isWaiting;
        private bool _isHeld;
        private bool _isOver;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            if (_isHeld || _isWaiting)
            {
                return new(End());
            }

            ValueTask<ReadResult> reading;
            try
            {
                reading = inner.ReadAsync(cancellationToken);
            }
            catch (ConnectionResetException)
            {
                // A reset that had come before is reported at once.
                sending.Reset();
                throw;
            }

            return reading.IsCompletedSuccessfully ? new(Shown(reading.GetAwaiter().GetResult())) : WaitAsync(reading);
        }

        public override bool TryRead(out ReadResult result)
        {
            if (_isHeld || _isWaiting)
            {
                result = End();
                return true;
            }

            bool isRead;
            try
            {
                isRead = inner.TryRead(out result);
            }
            catch (ConnectionResetException)
            {
                sending.Reset();
                throw;
            }

            result = isRead ? Shown(result) : result;
            return isRead;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            if (_isOver)
            {
                return;
            }

            _isShown |= _end is { } end && end.Equals(examined);
            _isHeld = false;
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
        {
            _isWaiting = true;
            try
            {
                return Shown(await reading);
            }
            catch (ConnectionResetException)
            {
                sending.Reset();
                throw;
            }
            finally
            {
                _isWaiting = false;
            }
        }

        private ReadResult End()
        {
            _isOver = true;
            return new ReadResult(ReadOnlySequence<byte>.Empty, isCanceled: false, isCompleted: true);
        }

        private ReadResult Shown(ReadResult result)
        {
            // A cancelled look may be repeated without giving anything back.
            _isHeld = !result.IsCanceled;
            if (!result.IsCompleted || result.Buffer.IsEmpty || _isShown)
            {
                return result;
            }

            _end = result.Buffer.End;
            return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
        }
    }
    /// <summary>Notes that the server closes the connection, before it does.</summary>
    private sealed class Writer(PipeWriter inner, SendingEnded sending) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => inner.WriteAsync(source, cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            sending.Closing();
            inner.Complete(exception);
        }

        public override ValueTask CompleteAsync(Exception? exception = null)
        {
            sending.Closing();
            return inner.CompleteAsync(exception);
        }
    }
}
