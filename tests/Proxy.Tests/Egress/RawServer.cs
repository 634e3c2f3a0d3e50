using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Framegate.Proxy.Tests.Egress;

/// <summary>A server down at the sockets that does one bad thing to every connection.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public RawServer(Func<RawConnection, Task> serve)
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = AcceptAsync(serve);
    }

    public Uri Address { get; }

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<RawConnection, Task> serve)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                _ = ServeAsync(client, serve);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client, Func<RawConnection, Task> serve)
    {
        using (client)
        {
            try
            {
                await serve(new RawConnection(client, _stop.Token));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The caller has left, or the test is over.
            }
        }
    }
}

/// <summary>One connection to a <see cref="RawServer"/>.</summary>
internal sealed class RawConnection(TcpClient client, CancellationToken stop)
{
    private const int FrameHead = 9;

    private readonly NetworkStream _stream = client.GetStream();

    /// <summary>Closes with a reset: what has not been read is lost.</summary>
    public void Reset() => client.LingerState = new LingerOption(true, 0);

    /// <summary>Reads that many bytes.</summary>
    public async Task ReadAsync(int count) => await _stream.ReadExactlyAsync(new byte[count], stop);

    /// <summary>Reads until the bytes have come, in whatever pieces.</summary>
    /// <returns>All that was read.</returns>
    public async Task<byte[]> ReadUntilAsync(ReadOnlyMemory<byte> end)
    {
        var seen = new List<byte>();
        var one = new byte[1];
        while (seen.Count < end.Length || !seen[^end.Length..].SequenceEqual(end.ToArray()))
        {
            await _stream.ReadExactlyAsync(one, stop);
            seen.Add(one[0]);
        }

        return [.. seen];
    }

    /// <summary>Writes these bytes.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes, stop);

    /// <summary>Greets as an HTTP/2 server does.</summary>
    public async Task GreetAsync()
    {
        await ReadAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length);
        await WriteFrameAsync(FrameType.Settings, 0, 0, []);
    }

    /// <summary>The stream of the next request, once its head or its whole body is there; acknowledges settings on the way.</summary>
    public async Task<int> ReadRequestAsync(bool wholeBody)
    {
        while (true)
        {
            var head = new byte[FrameHead];
            await _stream.ReadExactlyAsync(head, stop);
            var length = (head[0] << 16) | (head[1] << 8) | head[2];
            await ReadAsync(length);
            var (type, flags, stream) = ((FrameType)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue);
            if (type == FrameType.Settings && (flags & 1) == 0)
            {
                await WriteFrameAsync(FrameType.Settings, 1, 0, []);
            }
            else if (wholeBody ? type == FrameType.Data && (flags & 1) == 1 : type == FrameType.Headers)
            {
                return stream;
            }
        }
    }

    public Task ResetStreamAsync(int stream, int error) => WriteFrameAsync(FrameType.ResetStream, 0, stream, Number(error));

    public Task GoAwayAsync(int lastStream, int error) => WriteFrameAsync(FrameType.GoAway, 0, 0, [.. Number(lastStream), .. Number(error)]);

    /// <summary>200 without a body; 0x88 is <c>:status: 200</c> in HPACK's static table.</summary>
    public Task AnswerAsync(int stream) => WriteFrameAsync(FrameType.Headers, 0x5, stream, [0x88]);

    /// <summary>Keeps the connection open until the caller leaves.</summary>
    public async Task WaitAsync()
    {
        while (await _stream.ReadAsync(new byte[4096], stop) > 0)
        {
        }
    }

    private async Task WriteFrameAsync(FrameType type, byte flags, int stream, byte[] payload)
    {
        byte[] head = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, flags];
        await _stream.WriteAsync((byte[])[.. head, .. Number(stream), .. payload], stop);
    }

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        ResetStream = 3,
        Settings = 4,
        GoAway = 7,
    }
}
