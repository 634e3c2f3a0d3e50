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
    public async Task LookAgain_TheKeyWasMadeElsewhereAMomentAgo_OpensHereToo()
    {
        await _here.StartAsync(default);
        await _there.StartAsync(default);
        var made = await _there.CreateAsync("shop", new ClientSettings(), default);
        Assert.Null(_keysHere.Find(made.Key!).Identity);

        Assert.True(await _here.LookAgainAsync(default));
        Assert.Equal("shop", _keysHere.Find(made.Key!).Identity?.Identity?.Name);
    }

    /// <remarks>Whoever follows the clients begins anew with each change; somebody without a key must not cause that.</remarks>
    [Fact]
    public async Task LookAgain_NothingHasChanged_IsNoChange()
    {
        await _here.StartAsync(default);
        await _here.CreateAsync("shop", new ClientSettings(), default);
        var changes = 0;
        _keysHere.Changed += () => changes++;

        Assert.True(await _here.LookAgainAsync(default));
        Assert.Equal(0, changes);

        await _here.CreateAsync("blog", new ClientSettings(), default);
        Assert.Equal(1, changes);
    }

    [Fact]
    public async Task LookAgain_ManyWrongKeysAtOnce_LookTwiceAtMost()
    {
        await _here.StartAsync(default);
        await _here.LookAgainAsync(default);
        var looks = _shelf.Looks;

        var asking = Task.WhenAll(Enumerable.Range(0, 200).Select(_ => _here.LookAgainAsync(default).AsTask()));
        while (!asking.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Task.Yield();
        }

        Assert.InRange(_shelf.Looks - looks, 0, 2);
    }

    [Fact]
    public async Task LookAgain_TheStoreIsSlow_OneLooksAndOneWaits_AndNobodyWaitsForThemLongerThanASecond()
    {
        await _here.StartAsync(default);
        var looks = _shelf.Looks;
        var slow = _shelf.Slow();
        var asking = new List<Task<bool>> { _here.LookAgainAsync(default).AsTask() };
        await _shelf.Looking.WaitAsync(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            asking.Add(_here.LookAgainAsync(default).AsTask());
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.DoesNotContain(true, await Task.WhenAll(asking));

        slow.SetResult();
        Assert.True((await _here.CreateAsync("shop", new ClientSettings(), default)).Key is not null);

        // The first, the one that waited, and the two of the change itself.
        Assert.InRange(_shelf.Looks - looks, 3, 4);
    }

    [Fact]
    public async Task LookAgain_TheStoreIsAway_IsNotKnown()
    {
        await _here.StartAsync(default);
        _shelf.Fails = new IOException("away");

        Assert.False(await _here.LookAgainAsync(default));
    }

    [Fact]
    public async Task Follow_SomethingElseCancelsACall_GoesOn()
    {
        _shelf.FailsToFollow = new TaskCanceledException("not ours");
        await _here.StartAsync(default);
        _time.Advance(TimeSpan.FromMilliseconds(500));

        await _shelf.FollowedAgain.WaitAsync(TimeSpan.FromMinutes(1));
        await _here.StopAsync(default);
    }
}
