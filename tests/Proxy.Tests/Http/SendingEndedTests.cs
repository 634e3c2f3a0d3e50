using System.Net;
using System.Net.Sockets;
using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Tests.Http;

/// <summary>Whether a client has given up its connection with an answer in it.</summary>
public sealed class SendingEndedTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan _span = TimeSpan.FromMinutes(1);
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly SendingEnded _ended = new(TimeProvider.System, CancellationToken.None);
    private Socket _server = null!;

    public async Task InitializeAsync()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        await _client.ConnectAsync(_listener.LocalEndPoint!);
        _server = await _listener.AcceptAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _listener.Dispose();
        _client.Dispose();
        _server.Dispose();
    }

    [Fact]
    public async Task IsResetWithin_BothSidesHaveClosedInOrder_IsFalse()
    {
        _client.Close();
        Assert.Equal(0, await _server.ReceiveAsync(new byte[1]));

        _ended.Closing();
        _server.Shutdown(SocketShutdown.Both);

        Assert.False(_ended.IsResetWithin(_span, _ended.Now, _server));
        _ended.Look(_server);
        Assert.False(_ended.WasResetWithin(_span, _ended.Now));
    }

    [Fact]
    public async Task IsResetWithin_TheClientHasNotReadItsAnswer_IsTrue()
    {
        var since = _ended.Now;
        await _server.SendAsync("an answer"u8.ToArray());
        while (_client.Available == 0)
        {
            await Task.Yield();
        }

        _client.Close();

        Assert.True(_ended.IsResetWithin(_span, since, _server));
    }

    [Fact]
    public void IsResetWithin_TheClientWaits_IsFalse() => Assert.False(_ended.IsResetWithin(_span, _ended.Now, _server));
}
