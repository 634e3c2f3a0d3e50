using System.Collections.Concurrent;
using System.Text;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Memory;
using Framegate.Proxy.Host;
using Framegate.Proxy.Tests.Clients;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>The hybrid cache as the program puts it together, over a shared level that is a dictionary.</summary>
public sealed class HybridEntriesTests : IDisposable
{
    private static readonly string s_key = Entries.Key("a");
    private static readonly string s_alias = Entries.Key("a", "auto", "fast");
    private readonly FakeTimeProvider _time = new(Entries.Now);
    private readonly SharedDictionary _shared = new();
    private readonly List<ServiceProvider> _nodes = [];

    public void Dispose() => _nodes.ForEach(n => n.Dispose());

    [Fact]
    public async Task Keep_NotShared_IsFoundHereAsTheSameEntryUntilItsTimeIsOver()
    {
        var (here, there) = (Node(), Node());
        await here.KeepAsync(Entries.New(s_key, seconds: 60), share: false);

        var found = await here.FindAsync(s_key);
        Assert.True(found!.Accepted);
        Assert.Same(found.Open(s_key), (await here.FindAsync(s_key))!.Open(s_key));
        Assert.True(here.IsInMemory(s_key));
        Assert.Null(await there.FindAsync(s_key));

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Null(await here.FindAsync(s_key));
    }

    [Fact]
    public async Task Find_AnotherNodeHasSharedIt_IsInMemoryForTheRestOfItsTimeAndNotYetAccepted()
    {
        var (here, there) = (Node(), Node());
        await here.KeepAsync(Entries.New(s_key, seconds: 7200, id: "gen_1"), share: true);
        _time.Advance(TimeSpan.FromSeconds(7000));

        var found = await there.FindAsync(s_key);
        Assert.False(found!.Accepted);
        Assert.Equal("gen_1", found.Open(s_key).Id);
        Assert.True(there.IsInMemory(s_key));

        _shared.Values.Clear();
        _time.Advance(TimeSpan.FromSeconds(199));
        Assert.Same(found, await there.FindAsync(s_key));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await there.FindAsync(s_key));
    }

    [Fact]
    public async Task Find_TheNodeCameLaterThanTheEntryOrTheSharedLevelWasAwayThen_IsFoundAllTheSame()
    {
        await Node().KeepAsync(Entries.New(s_key), share: true);
        _time.Advance(TimeSpan.FromSeconds(10));
        _shared.IsAway = true;
        var late = Node();
        Assert.Null(await late.FindAsync(s_key));

        _shared.IsAway = false;

        Assert.NotNull(await late.FindAsync(s_key));
    }

    [Fact]
    public async Task Keep_SharedLevelIsAway_MemoryAnswers()
    {
        _shared.IsAway = true;
        var here = Node();
        await here.KeepAsync(Entries.New(s_key), share: true);

        Assert.NotNull(await here.FindAsync(s_key));
        Assert.Null(await here.FindAsync(Entries.Key("b")));
    }

    [Fact]
    public async Task Find_ALongKeyAndALargeResult_AreKeptLikeAnyOther()
    {
        var (here, there) = (Node(), Node());
        var key = new string('c', 5000) + "/" + s_key["local/".Length..];
        await here.KeepAsync(Entries.New(key) with { Result = new([], new string('x', 5_000_000)) }, share: true);

        Assert.Equal(5_000_000, (await here.FindAsync(key))!.Open(key).Result.Text!.Length);
        Assert.Equal(5_000_000, (await there.FindAsync(key))!.Open(key).Result.Text!.Length);
        Assert.InRange(_nodes[0].GetRequiredService<MemoryLevel>().Bytes, 5_000_000, 5_100_000);
    }

    [Fact]
    public async Task Forget_WhatAnAliasLedTo_GoesAndNothingElse()
    {
        var here = Node();
        await here.KeepAsync(Entries.New(s_key, provider: "flux"), share: false);
        await here.KeepAsync(Entries.New(s_alias, provider: "sora", asked: "fast"), share: false);

        Assert.Equal([s_alias], await here.ForgetAsync(new Invalidation { Provider = "sora" }));
        Assert.Equal([s_key], await here.ForgetAsync(new Invalidation { Model = "flux/m" }));
        Assert.False(here.IsInMemory(s_key));
    }

    [Fact]
    public async Task Forget_ToCountAlone_LeavesAllThere()
    {
        var here = Node();
        await here.KeepAsync(Entries.New(s_key, provider: "flux"), share: false);
        var dry = new Invalidation { Provider = "flux", DryRun = true };

        Assert.Equal(1, dry.Choices());
        Assert.Equal([s_key], await here.ForgetAsync(dry));
        Assert.True(here.IsInMemory(s_key));
    }

    [Fact]
    public async Task ForgetOthers_OnlyWhatAnotherGenerationHasMadeGoes()
    {
        var here = Node();
        await here.KeepAsync(Entries.New(s_key, id: "gen_1"), share: false);

        await here.ForgetOthersAsync(s_key, "gen_1");
        Assert.True(here.IsInMemory(s_key));
        await here.ForgetOthersAsync(s_key, "gen_2");
        Assert.False(here.IsInMemory(s_key));
        await here.ForgetOthersAsync(s_key, "gen_2");
    }

    [Fact]
    public async Task IsMeant_SharedEntry_IsLookedAtWithoutComingIntoMemory()
    {
        var (here, there) = (Node(), Node());
        await here.KeepAsync(Entries.New(s_alias, provider: "sora", asked: "fast"), share: true);

        Assert.True(await there.IsMeantAsync(new Invalidation { Provider = "sora" }, s_alias));
        Assert.False(await there.IsMeantAsync(new Invalidation { Provider = "flux" }, s_alias));
        Assert.False(there.IsInMemory(s_alias));

        // What cannot be read is meant.
        _shared.Values.Clear();
        Assert.True(await there.IsMeantAsync(new Invalidation { Provider = "flux" }, s_alias));
        Assert.False(await there.IsMeantAsync(new Invalidation { Provider = "flux" }, Entries.Key("a", "sora")));
    }

    [Fact]
    public async Task Find_BytesOfSomebodyElse_AreNoEntry()
    {
        _shared.Values[s_key] = Encoding.UTF8.GetBytes("{\"id\":\"x\"}");
        Assert.Null(await Node().FindAsync(s_key));
    }

    private HybridEntries Node()
    {
        var configuration = new ConfigurationBuilder().Build();
        var services = new ServiceCollection().AddMetrics().AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton(KnownClients.Of()).AddMediaCache(configuration);
        services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
        services.AddSingleton<IDistributedCache>(_shared);
        var node = services.BuildServiceProvider();
        _nodes.Add(node);
        return node.GetRequiredService<HybridEntries>();
    }

    private sealed class SharedDictionary : IDistributedCache
    {
        public ConcurrentDictionary<string, byte[]> Values { get; } = new();

        public bool IsAway { get; set; }

        public byte[]? Get(string key) => IsAway ? throw new TimeoutException() : Values.GetValueOrDefault(key);

        public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
            key.StartsWith('_') ? Task.FromResult<byte[]?>(null) : Task.FromResult(Get(key));

        public void Refresh(string key)
        {
        }

        public Task RefreshAsync(string key, CancellationToken token = default) => Task.CompletedTask;

        public void Remove(string key) => Values.TryRemove(key, out _);

        public Task RemoveAsync(string key, CancellationToken token = default)
        {
            Remove(key);
            return Task.CompletedTask;
        }

        public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Values[key] = IsAway ? throw new TimeoutException() : value;

        public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        {
            Set(key, value, options);
            return Task.CompletedTask;
        }
    }
}
