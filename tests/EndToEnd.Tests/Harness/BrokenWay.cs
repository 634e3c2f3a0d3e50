using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>A way to a server that can be made to answer 503 in its place.</summary>
public sealed class BrokenWay : IAsyncDisposable
{
    private static readonly byte[] _unavailable = Encoding.ASCII.GetBytes("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _server;
    private readonly Task _running;
    private volatile CancellationTokenSource _connections = new();

    public BrokenWay(Uri server)
    {
        _server = server;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _running = RunAsync();
    }

    /// <summary>Where it is entered.</summary>
    public Uri Address { get; }

    /// <summary>True while it answers 503.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Breaks it: what is under way is cut off, and what comes is answered 503.</summary>
    public async Task BreakAsync()
    {
        IsBroken = true;
        await Interlocked.Exchange(ref _connections, new CancellationTokenSource()).CancelAsync();
    }

    /// <summary>Mends it.</summary>
    public void Mend() => IsBroken = false;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _connections.CancelAsync();
        await _running;
        _listener.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                _ = PassAsync(await _listener.AcceptTcpClientAsync(), _connections.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(TcpClient caller, CancellationToken cut)
    {
        using (caller)
        {
            try
            {
                await using var from = caller.GetStream();
                if (IsBroken)
                {
                    await from.ReadAtLeastAsync(new byte[64 * 1024], 1, throwOnEndOfStream: false, cut);
                    await from.WriteAsync(_unavailable, cut);
                    caller.Client.Shutdown(SocketShutdown.Send);
                    return;
                }

                using var server = new TcpClient();
                await server.ConnectAsync(_server.Host, _server.Port, cut);
                await using var to = server.GetStream();
                await Task.WhenAny(from.CopyToAsync(to, cut), to.CopyToAsync(from, cut));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // One of them has gone.
            }
        }
    }
}
