using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>Two processes with the same store, of which one has not been notified yet of what the other has changed.</summary>
public sealed class ClientRegistryTests : IDisposable
{
    private readonly Shelf _shelf = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ClientKeys _keysHere;
    private readonly ClientKeys _keysThere;
    private readonly ClientRegistry _here;
    private readonly ClientRegistry _there;

    public ClientRegistryTests()
    {
        var settings = new HostSettings(null, null) { AdminKey = new Secret("admin") };
        (_keysHere, _keysThere) = (Keys(), Keys());
        _here = new ClientRegistry(_shelf, _keysHere, settings, _time, NullLogger<ClientRegistry>.Instance);
        _there = new ClientRegistry(_shelf, _keysThere, settings, _time, NullLogger<ClientRegistry>.Instance);

        ClientKeys Keys() => new(new ChangingOptions<ClientsOptions>(new ClientsOptions()), settings, _time);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
        _keysHere.Dispose();
        _keysThere.Dispose();
    }

    [Fact]
    public async Task FindAnew_TheKeyWasMadeElsewhereAMomentAgo_OpensHereToo()
    {
        await _here.StartAsync(default);
        await _there.StartAsync(default);
        var made = await _there.CreateAsync("shop", new ClientSettings(), default);
        Assert.Null(_keysHere.Find(made.Key!).Identity);

        Assert.Equal("shop", (await _keysHere.FindAnewAsync(made.Key!, default)).Identity?.Identity?.Name);
    }

    [Fact]
    public async Task FindAnew_ManyWrongKeysAtOnce_LookTwiceAtMost()
    {
        await _here.StartAsync(default);
        await _keysHere.FindAnewAsync("wrong", default);
        var looks = _shelf.Looks;

        var asking = Task.WhenAll(Enumerable.Range(0, 200).Select(i => _keysHere.FindAnewAsync($"wrong {i}", default).AsTask()));
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.All(await asking, found => Assert.Null(found.Identity));
        Assert.InRange(_shelf.Looks - looks, 1, 2);
    }

    /// <summary>What both keep their clients in; it notifies nobody.</summary>
    private sealed class Shelf : IClientStore
    {
        private readonly List<ClientRecord> _clients = [];

        public int Looks { get; private set; }

        public bool IsShared => true;

        public ValueTask<IReadOnlyList<ClientRecord>> ListAsync(CancellationToken cancellationToken)
        {
            Looks++;
            return new([.. _clients]);
        }

        public ValueTask<bool> TryPutAsync(ClientRecord client, CancellationToken cancellationToken)
        {
            _clients.Add(client);
            return new(true);
        }

        public Task NextChangeAsync(IReadOnlyList<ClientRecord> known, CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);
    }
}
