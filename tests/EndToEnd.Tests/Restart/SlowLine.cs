using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary>A line to a server that is far away. What is on it when the sender dies still arrives.</summary>
public sealed class SlowLine : IAsyncDisposable
{
    private const int MostPieces = 256;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly TimeSpan _up;
    private readonly TimeSpan _down;
    private readonly Task _loop;
    private volatile TaskCompletionSource _held = Passed();

    /// <summary>Opens it.</summary>
    /// <param name="target">The server.</param>
    /// <param name="up">How long what is sent is on its way.</param>
    /// <param name="down">How long an answer is on its way.</param>
    public SlowLine(Uri target, TimeSpan up, TimeSpan down)
    {
        (_target, _up, _down) = (target, up, down);
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _loop = AcceptAsync();
    }

    /// <summary>This end of it.</summary>
    public string Address { get; }

    /// <summary>What is answered from now on stays on the line until <see cref="LetGo"/>.</summary>
    public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers arrive again, those that were held among them.</summary>
    public void LetGo() => _held.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _loop;
        _stop.Dispose();
    }

    private static TaskCompletionSource Passed()
    {
        var passed = new TaskCompletionSource();
        passed.SetResult();
        return passed;
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(_target.Host, _target.Port, _stop.Token);
                await Task.WhenAll(CarryAsync(near.Client, far.Client, _up, isAnswer: false), CarryAsync(far.Client, near.Client, _down, isAnswer: true));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // One end is gone.
            }
        }
    }

    private async Task CarryAsync(Socket from, Socket to, TimeSpan delay, bool isAnswer)
    {
        var line = Channel.CreateBounded<(long At, byte[] Piece)>(MostPieces);
        await Task.WhenAll(TakeAsync(from, line.Writer), GiveAsync(to, line.Reader, delay, isAnswer));
    }

    private async Task TakeAsync(Socket from, ChannelWriter<(long At, byte[] Piece)> line)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
            {
                await line.WriteAsync((TimeProvider.System.GetTimestamp(), buffer[..count]), _stop.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // What it has sent before still arrives.
        }
        finally
        {
            line.Complete();
        }
    }

    private async Task GiveAsync(Socket to, ChannelReader<(long At, byte[] Piece)> line, TimeSpan delay, bool isAnswer)
    {
        try
        {
            await foreach (var (at, piece) in line.ReadAllAsync(_stop.Token))
            {
                var rest = delay - TimeProvider.System.GetElapsedTime(at);
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, TimeProvider.System, _stop.Token);
                }

                if (isAnswer)
                {
                    await _held.Task.WaitAsync(_stop.Token);
                }

                await to.SendAsync(piece, _stop.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Nobody is there any more; the other end is read on, so that it is not held up.
            await foreach (var _ in line.ReadAllAsync(CancellationToken.None))
            {
            }
        }
    }
}
