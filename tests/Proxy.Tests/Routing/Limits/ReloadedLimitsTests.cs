using System.Threading.RateLimiting;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Tests.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Routing.Limits;

/// <summary>Limits that change while jobs run.</summary>
public sealed class ReloadedLimitsTests : IClassFixture<TestEngine>, IDisposable
{
    private const string Jobs = ModelCatalogue.LimitsSection + ":alpha:" + nameof(ProviderLimits.JobsAtOnce);
    private readonly IConfigurationRoot _configuration = new ConfigurationBuilder().AddInMemoryCollection().Build();
    private readonly ServiceProvider _services;
    private readonly SharedLimits _shared = new(null, TimeSpan.FromMinutes(1), new FakeTimeProvider());
    private readonly ProviderLimiters _limiters;

    public ReloadedLimitsTests(TestEngine engine)
    {
        // The program's own binding, in which the order of those who follow the file changes from one reload to the next.
        _services = new ServiceCollection().Configure<LimitsOptions>(_configuration.GetSection(ModelCatalogue.LimitsSection)).BuildServiceProvider();
        var catalogue = new ModelCatalogue(
            engine.Get<ProviderTable>(), new ChangingOptions<CatalogueOptions>([]), _services.GetRequiredService<IOptionsMonitor<LimitsOptions>>());
        _limiters = new ProviderLimiters(catalogue, _shared, new FakeTimeProvider());
    }

    public void Dispose()
    {
        _limiters.Dispose();
        _services.Dispose();
        _shared.Dispose();
    }

    [Fact]
    public void Reload_AgainAndAgain_EachLimitHoldsAtOnce()
    {
        var limiter = _limiters.For("alpha");
        Set(10);
        using var first = limiter.AttemptAcquire();
        using var second = limiter.AttemptAcquire();

        foreach (var limit in new[] { 2, 5, 1, 3, 2, 9 })
        {
            Set(limit);
            Assert.Equal((limit, limit > 2), (limit, limiter.HasRoom));
        }
    }

    [Fact]
    public void Reload_TheFirstLimitOfAll_CountsWhatRuns()
    {
        var limiter = _limiters.For("alpha");
        Assert.False(limiter.IsLimited);
        List<RateLimitLease> running = [limiter.AttemptAcquire(), limiter.AttemptAcquire(), limiter.AttemptAcquire()];
        Assert.All(running, r => Assert.True(r.IsAcquired));

        Set(2);

        Assert.True(limiter.IsLimited);
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        running[0].Dispose();
        Assert.False(limiter.AttemptAcquire().IsAcquired);
        running[1].Dispose();
        Assert.True(limiter.AttemptAcquire().IsAcquired);
    }

    /// <remarks>Without a Redis each replica goes by its own share.</remarks>
    [Fact]
    public async Task Seen_AReplicaIsGone_LetsInWhoWaitedForItsShare()
    {
        _shared.Seen(2);
        var limiter = _limiters.For("alpha");
        Set(2);
        using var running = limiter.AttemptAcquire();
        var waiting = limiter.AcquireAsync(new QueueTurn("", 0, DateTimeOffset.UnixEpoch), default).AsTask();
        Assert.False(waiting.IsCompleted);

        _shared.Seen(1);

        Assert.True((await waiting).IsAcquired);
    }

    private void Set(int limit)
    {
        _configuration[Jobs] = $"{limit}";
        _configuration.Reload();
    }
}
