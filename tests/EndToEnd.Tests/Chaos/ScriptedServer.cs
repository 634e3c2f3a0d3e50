using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Framegate.EndToEnd.Tests.Chaos;

/// <summary>An HTTP server down at the sockets, that can do what no decent server does.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private readonly Task _loop;
    private int _resets;

    public ScriptedServer(Func<ScriptedRequest, Reaction> react)
    {
        React = react;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _loop = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>What is done about each request.</summary>
    public Func<ScriptedRequest, Reaction> React { get; set; }

    /// <summary>Every request that was read.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    /// <summary>The next so many connections are reset once bytes have arrived, which are not read.</summary>
    public void ResetConnections(int count) => Volatile.Write(ref _resets, count);

    public void Forget() => _requests.Clear();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (Interlocked.Decrement(ref _resets) >= 0)
                {
                    // Its bytes have arrived, and nobody has read them.
                    await client.Client.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, _stop.Token);
                    client.LingerState = new LingerOption(true, 0);
                    return;
                }

                var stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    _requests.Enqueue(request);
                    if (!await AnswerAsync(client, stream, React(request)))
                    {
                        return;
                    }
                }
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // The caller has left.
            }
        }
    }

    /// <summary>Does what is scripted.</summary>
    /// <returns>True when the connection stays open.</returns>
    private async Task<bool> AnswerAsync(TcpClient client, NetworkStream stream, Reaction reaction)
    {
        switch (reaction)
        {
            case Reaction.WriteReaction write:
                await stream.WriteAsync(write.Bytes, _stop.Token);
                return !write.Close;
            case Reaction.StallReaction stall:
                await stream.WriteAsync(stall.Bytes, _stop.Token);
                await UntilGoneAsync(stream);
                return false;
            case Reaction.HangReaction:
                await UntilGoneAsync(stream);
                return false;
            default:
                client.LingerState = new LingerOption(true, 0);
                return false;
        }
    }

    private async Task UntilGoneAsync(NetworkStream stream)
    {
        var nothing = new byte[64];
        while (await stream.ReadAsync(nothing, _stop.Token) > 0)
        {
        }
    }

    private async Task<ScriptedRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new List<byte>();
        var one = new byte[1];
        while (!EndsHead(head))
        {
            if (await stream.ReadAsync(one, _stop.Token) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        var lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stop.Token);
        return new ScriptedRequest(start[0], start[1], headers, body);
    }

    private static bool EndsHead(List<byte> head) =>
        head.Count >= 4 && head[^4] == '\r' && head[^3] == '\n' && head[^2] == '\r' && head[^1] == '\n';
}
