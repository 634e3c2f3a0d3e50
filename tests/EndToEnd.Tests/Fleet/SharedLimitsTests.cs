using System.Threading.RateLimiting;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>Limits and hints of breakers over replicas that share a real Redis, which also goes and comes back empty.</summary>
public sealed class SharedLimitsTests : IAsyncLifetime
{
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(5);
    private RedisProcess _redis = null!;
    private Replica[] _replicas = [];

    public async Task InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync();
        _replicas = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Replica.StartAsync(_redis.Address)));
        await AllInForceAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task RequestsPerMinute_ThreeReplicasAtOnce_HoldToTheRequest()
    {
        var limits = new ProviderLimits { RequestsPerMinute = 40 };
        var gates = _replicas.Select(r => r.Gate(limits)).ToArray();
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(i => Task.Run(async () => (await gates[i % 3].CountAsync()).Left)));
        Assert.Equal(40, answers.Count(a => a is not null));
        Assert.Equal(0, answers.Where(a => a is not null).Min());

        // Whoever has used up nothing itself is told when there is room again.
        var late = await gates[0].CountAsync();
        Assert.Null(late.Left);
        Assert.InRange(late.Wait, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task JobsAtOnce_WaitersAtThreeReplicas_AreAllServedAndNeverTooMany()
    {
        var gates = _replicas.Select(r => r.Gate(new ProviderLimits { JobsAtOnce = 4 })).ToArray();
        int running = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 90).Select(async i =>
        {
            using var lease = await gates[i % 3].AcquireAsync(new QueueTurn("client", 0, TimeProvider.System.GetUtcNow(), "job-" + i), default);
            Assert.True(lease.IsAcquired);
            var now = Interlocked.Increment(ref running);
            for (var seen = most; now > seen; seen = most)
            {
                Interlocked.CompareExchange(ref most, now, seen);
            }

            await Task.Yield();
            Interlocked.Decrement(ref running);
        }));
        Assert.InRange(most, 2, 4);
        await CountedAsync("{provider:test}:jobs", "0");
    }

    [Fact]
    public async Task JobsAtOnce_ReplicaDies_ItsPlacesComeBackAfterALeaseUnlessItsJobsAreTakenOver()
    {
        var limits = new ProviderLimits { JobsAtOnce = 2 };
        var (dying, other) = (_replicas[0].Gate(limits), _replicas[1].Gate(limits));
        Assert.True((await dying.TryEnterAsync("taken over")).IsAcquired);
        Assert.True((await dying.TryEnterAsync("lost")).IsAcquired);
        await _replicas[0].DieAsync();

        // The same job is one place, whoever drives it.
        using var adopted = other.Adopt("taken over");
        Assert.False((await other.TryEnterAsync("new")).IsAcquired);
        await CountedAsync("{provider:test}:jobs", "2");
        using var lease = await other.AcquireAsync(new QueueTurn("client", 0, TimeProvider.System.GetUtcNow(), "new"), default);
        Assert.True(lease.IsAcquired);
        Assert.False((await other.TryEnterAsync("one more")).IsAcquired);
    }

    [Fact]
    public async Task PausedReplica_FindsItsJobTakenOver_LeavesThePlaceToItsSuccessor()
    {
        var limits = new ProviderLimits { JobsAtOnce = 1 };
        var (paused, successor) = (_replicas[0].Gate(limits), _replicas[1].Gate(limits));
        var lost = await paused.TryEnterAsync("job");
        using var adopted = successor.Adopt("job");
        ((ISharedPlace)lost).Abandon();
        lost.Dispose();
        await CountedAsync("{provider:test}:jobs", "1");
        Assert.False((await paused.TryEnterAsync("new")).IsAcquired);

        adopted.Dispose();
        using var lease = await paused.AcquireAsync(new QueueTurn("client", 0, TimeProvider.System.GetUtcNow(), "new"), default);
        Assert.True(lease.IsAcquired);
    }

    [Fact]
    public async Task ConcurrentJobsOfAClient_ThreeReplicasAtOnce_HoldToTheJob()
    {
        var clients = new ClientsOptions { ["shop"] = new ClientOptions { ConcurrentJobs = 5, ModelLimits = new() { ["flux-dev"] = new() { ConcurrentJobs = 2 } } } };
        var jobs = _replicas.Select(r => new ClientJobs(new ClientKeys(new Options<ClientsOptions>(clients), new HostSettings(null, null), TimeProvider.System), r.Shared)).ToArray();
        var taken = await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => jobs[i % 3].TryTakeAsync("shop", ["sora-2"], $"gen-{i}").AsTask())));
        var places = taken.Select(t => t.Place).OfType<ISharedPlace>().ToList();
        Assert.Equal(5, places.Count);
        Assert.All(taken.Where(t => t.Place is null), t => Assert.Equal(("ConcurrentJobs", 5), t.Full));

        // Given back here, free there; a job of which another replica has taken over stays counted.
        places[0].Dispose();
        await CountedAsync("{jobs:shop}:shop", "4");
        Assert.NotNull((await jobs[1].TryTakeAsync("shop", ["flux-dev"], "dev")).Place);
        using var adopted = jobs[2].Adopt("shop", ["flux-dev"], "dev");
        await CountedAsync("{jobs:shop}:shop", "5");
        Assert.Equal(("ConcurrentJobs", 5), (await jobs[0].TryTakeAsync("shop", ["flux-dev"], "dev-2")).Full);
        places[1].Abandon();
        places[1].Dispose();
        Assert.Equal(("ConcurrentJobs", 5), (await jobs[0].TryTakeAsync("shop", ["flux-dev"], "dev-2")).Full);
    }

    [Fact]
    public async Task RedisLeavesAndReturnsEmpty_EachHasItsShareMeanwhile_AndTheLimitHolds()
    {
        var limits = new ProviderLimits { RequestsPerMinute = 30, JobsAtOnce = 300 };
        var gates = _replicas.Select(r => r.Gate(limits)).ToArray();

        // Every replica learns of the last one that came with its next beat.
        await Eventually.GetAsync(() => Task.FromResult(_replicas.Count(r => r.Shared.Replicas == 3)), n => n == 3);
        for (var i = 0; i < 6; i++)
        {
            Assert.True((await gates[i % 3].TryEnterAsync($"before-{i}")).IsAcquired);
        }

        await _redis.LeaveAsync();
        await Eventually.GetAsync(() => Task.FromResult(_replicas.Count(r => r.Shared.IsInForce)), n => n == 0);
        var alone = new List<RateLimitLease>();
        for (var i = 0; i < 60; i++)
        {
            alone.Add(await gates[i % 2].TryEnterAsync($"alone-{i}"));
        }

        // A third of 30 each, with the two that it had let in before; the third replica has used none of its own yet.
        Assert.Equal(16, alone.Count(l => l.IsAcquired));

        await _redis.ReturnAsync();
        await AllInForceAsync();
        var after = 0;
        for (var i = 0; i < 60; i++)
        {
            after += (await gates[i % 3].TryEnterAsync($"after-{i}")).IsAcquired ? 1 : 0;
        }

        // One whose answer comes too late has its place all the same, and is not let in: never more than the limit.
        await CountedAsync("{provider:test}:jobs", "30");
        Assert.InRange(6 + 16 + after, 25, 30);
    }

    [Fact]
    public async Task Breaker_OpensAtOneReplica_NothingIsSentFromTheOthersForAsLong()
    {
        var (a, b) = (_replicas[0].Health.For("flux", "primary"), _replicas[1].Health.For("flux", "primary"));
        await Eventually.GetAsync(() => _redis.TellAsync("PUBSUB NUMSUB framegate:test:breakers"), text => text.Contains(":3", StringComparison.Ordinal));
        for (var i = 0; i < 2; i++)
        {
            var context = ResilienceContextPool.Shared.Get();
            await a.Breaker.ExecuteAsync(static (_, _) => new ValueTask<Outcome<bool>>(Outcome.FromResult(true)), 0, context);
            ResilienceContextPool.Shared.Return(context);
        }

        Assert.Equal("open", a.Breaker.State);
        await Eventually.GetAsync(() => Task.FromResult(b.Breaker.State), state => state == "isolated");
        Assert.Equal("open", a.Breaker.State);
        await Eventually.GetAsync(() => Task.FromResult(b.Breaker.State), state => state == "closed");
        await Eventually.GetAsync(() => Task.FromResult(b.Score.IsOut), isOut => !isOut);
    }

    private Task<int> AllInForceAsync() => Eventually.GetAsync(() => Task.FromResult(_replicas.Count(r => r.Shared.IsInForce)), n => n == _replicas.Length);

    // Places are given back without waiting for the answer of the Redis, and another connection asks here.
    private Task<string> CountedAsync(string key, string count) => Eventually.GetAsync(
        async () => (await _redis.TellAsync($"ZCARD framegate:test:limit:{key}")).Split("\r\n")[0].TrimStart(':'), answer => answer == count);

    private sealed class Replica(RedisLink link, SharedLimits shared) : IAsyncDisposable
    {
        private BreakerHints? _hints;

        public SharedLimits Shared => shared;

        public HealthRegistry Health { get; } = new(
            new Options<BreakerOptions>(new BreakerOptions { MinimumThroughput = 2, BreakDuration = TimeSpan.FromSeconds(2) }), TimeProvider.System, NullLogger<HealthRegistry>.Instance);

        public static async Task<Replica> StartAsync(string address)
        {
            var link = new RedisLink(address, "framegate:test:", TimeProvider.System, NullLogger<RedisLink>.Instance);
            var replica = new Replica(link, new SharedLimits(new FleetRedis(link), s_lease, TimeProvider.System));
            await replica.Shared.StartAsync(default);
            replica._hints = new BreakerHints(new FleetRedis(link), replica.Health);
            await replica._hints.StartAsync(default);
            return replica;
        }

        public ProviderLimiter Gate(ProviderLimits limits) => new(limits, TimeProvider.System, shared, "provider:test");

        /// <summary>As <c>kill -9</c>: it says nothing any more.</summary>
        public ValueTask DieAsync() => link.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await _hints!.StopAsync(default);
            await shared.StopAsync(default);
            shared.Dispose();
            _hints.Dispose();
            await link.DisposeAsync();
        }
    }

    private sealed class Options<T>(T value) : Microsoft.Extensions.Options.IOptionsMonitor<T>
    {
        public T CurrentValue => value;

        public T Get(string? name) => value;

        public IDisposable? OnChange(Action<T, string?> listener) => null;
    }
}
