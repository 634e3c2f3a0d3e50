using System.Net;
using System.Net.Sockets;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A line to a server, whose answers can be held, and which can be cut.</summary>
internal sealed class HeldLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Task _running;
    private volatile CancellationTokenSource _connections = new();
    private volatile TaskCompletionSource _answers = Passed();
    private volatile bool _isCut;

    public HeldLine(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = RunAsync();
    }

    /// <summary>This end of it.</summary>
    public int Port { get; }

    /// <summary>What is answered from now on does not arrive.</summary>
    public void HoldAnswers() => _answers = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cuts it; what was held is lost, and nobody gets through until <see cref="Mend"/>.</summary>
    public async Task CutAsync()
    {
        _isCut = true;
        await Interlocked.Exchange(ref _connections, new CancellationTokenSource()).CancelAsync();
    }

    /// <summary>Lets through what comes from now on.</summary>
    public void Mend() => (_answers, _isCut) = (Passed(), false);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _connections.CancelAsync();
        await _running;
        _listener.Dispose();
    }

    private static TaskCompletionSource Passed()
    {
        var passed = new TaskCompletionSource();
        passed.SetResult();
        return passed;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                var near = await _listener.AcceptTcpClientAsync();
                if (_isCut)
                {
                    near.Dispose();
                    continue;
                }

                _ = CarryAsync(near, _connections.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(TcpClient near, CancellationToken cut)
    {
        using (near)
        using (var far = new TcpClient())
        {
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target, cut);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), cut), AnswerAsync(far.GetStream(), near.GetStream(), cut));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // It is cut, or one end has gone.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream far, NetworkStream near, CancellationToken cut)
    {
        var buffer = new byte[16 * 1024];
        while (await far.ReadAsync(buffer, cut) is > 0 and var size)
        {
            await _answers.Task.WaitAsync(cut);
            await near.WriteAsync(buffer.AsMemory(0, size), cut);
        }
    }
}
