using System.Threading.RateLimiting;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Limits;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Routing.Limits;

public sealed class ProviderLimiterTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task AcquireAsync_OverTheLimit_LetsInWhoeverWaitsLongestAfterAMinute()
    {
        using var gate = Gate(perMinute: 2);
        Assert.True(Try(gate));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(Try(gate));
        Assert.False(Try(gate));
        Task<RateLimitLease>[] waiting = [Wait(gate), Wait(gate), Wait(gate)];

        _time.Advance(TimeSpan.FromSeconds(39.9));
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True((await waiting[0]).IsAcquired);
        Assert.False(waiting[1].IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.True((await waiting[1]).IsAcquired);
        Assert.False(waiting[2].IsCompleted);
        Assert.Equal(1, gate.Waiting);
    }

    [Fact]
    public void AttemptAcquire_AnyMinute_NeverSeesMoreThanTheLimit()
    {
        using var gate = Gate(perMinute: 10);
        var sent = new List<DateTimeOffset>();
        var random = new Random(5);
        for (var i = 0; i < 5000; i++)
        {
            if (Try(gate))
            {
                sent.Add(_time.GetUtcNow());
            }

            _time.Advance(TimeSpan.FromMilliseconds(random.Next(0, 1500)));
        }

        Assert.All(sent, from => Assert.InRange(sent.Count(s => s >= from && s < from.AddMinutes(1)), 1, 10));
    }

    [Fact]
    public async Task Dispose_JobHasEnded_LetsTheNextOneIn()
    {
        using var gate = Gate(jobs: 1);
        var first = gate.AttemptAcquire();
        var second = Wait(gate);
        Assert.False(second.IsCompleted);

        first.Dispose();
        first.Dispose();

        Assert.True((await second).IsAcquired);
        Assert.False(Try(gate));
    }

    [Fact]
    public async Task AcquireAsync_WaiterGivesUp_KeepsTheOrderOfTheOthers()
    {
        using var gate = Gate(jobs: 1);
        var first = gate.AttemptAcquire();
        using var stop = new CancellationTokenSource();
        var leaving = gate.AcquireAsync(1, stop.Token).AsTask();
        var staying = Wait(gate);

        await stop.CancelAsync();
        first.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.True((await staying).IsAcquired);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task AcquireAsync_QueueIsFull_RefusesAtOnce()
    {
        using var gate = new ProviderLimiter(new ProviderLimits { RequestsPerMinute = 1, MaxQueued = 1 }, _time);
        Assert.True(Try(gate));
        _ = Wait(gate);

        var refused = await gate.AcquireAsync();

        Assert.False(refused.IsAcquired);
        Assert.True(refused.TryGetMetadata(MetadataName.RetryAfter, out var wait));
        Assert.Equal(TimeSpan.FromMinutes(2), wait);
    }

    [Fact]
    public void WaitOfNext_ManyWait_CountsTheMinutes()
    {
        using var gate = Gate(perMinute: 2);
        Assert.Equal(TimeSpan.Zero, gate.WaitOfNext());
        Try(gate);
        _time.Advance(TimeSpan.FromSeconds(10));
        Try(gate);

        Assert.Equal(TimeSpan.FromSeconds(50), gate.WaitOfNext());
        _ = Wait(gate);
        Assert.Equal(TimeSpan.FromSeconds(60), gate.WaitOfNext());
        _ = Wait(gate);
        Assert.Equal(TimeSpan.FromSeconds(110), gate.WaitOfNext());
    }

    [Fact]
    public async Task Configure_LimitIsRaised_LetsWaitersInAtOnce()
    {
        using var gate = Gate(perMinute: 1);
        Try(gate);
        var waiting = Wait(gate);

        gate.Configure(new ProviderLimits { RequestsPerMinute = 2 });

        Assert.True((await waiting).IsAcquired);
    }

    [Fact]
    public void Adopt_JobRunsSinceBeforeTheRestart_CountsAgainstTheLimit()
    {
        using var gate = Gate(jobs: 1);
        var adopted = gate.Adopt();

        Assert.False(gate.HasRoom);
        adopted.Dispose();
        Assert.True(gate.HasRoom);
    }

    [Fact]
    public async Task AcquireAsync_HigherPriority_GoesFirstAndKnowsItsPlace()
    {
        using var gate = Gate(jobs: 1);
        var running = gate.AttemptAcquire();
        QueueTurn low = new("a", 1, _time.GetUtcNow()), high = new("b", 8, _time.GetUtcNow());
        var lowWaits = gate.AcquireAsync(low, default).AsTask();
        var highWaits = gate.AcquireAsync(high, default).AsTask();
        Assert.Equal((2, 1), (gate.PositionOf(low), gate.PositionOf(high)));
        Assert.Null(gate.EstimateOf(1));

        _time.Advance(TimeSpan.FromSeconds(30));
        running.Dispose();

        Assert.True((await highWaits).IsAcquired);
        Assert.False(lowWaits.IsCompleted);
        Assert.Equal(1, gate.PositionOf(low));
        Assert.Equal(TimeSpan.FromSeconds(30), gate.EstimateOf(1));
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(9, true)]
    public async Task AcquireAsync_TheLowestPriorityWaits_RisesByALevelEachMinute(int minutes, bool goesFirst)
    {
        using var gate = Gate(jobs: 1);
        var running = gate.AttemptAcquire();
        var old = gate.AcquireAsync(new QueueTurn("a", 0, _time.GetUtcNow()), default).AsTask();
        _time.Advance(TimeSpan.FromMinutes(minutes));
        var young = gate.AcquireAsync(new QueueTurn("a", 9, _time.GetUtcNow()), default).AsTask();

        running.Dispose();

        var first = await (goesFirst ? old : young);
        Assert.False((goesFirst ? young : old).IsCompleted);
        first.Dispose();
        Assert.True((await (goesFirst ? young : old)).IsAcquired);
    }

    [Fact]
    public async Task Reserve_AfterARestart_PriorityAndArrivalDecideNotWhoAsksFirst()
    {
        using var gate = Gate(jobs: 1);
        var now = _time.GetUtcNow();
        QueueTurn late = new("a", 5, now.AddSeconds(-1)), early = new("a", 5, now.AddSeconds(-2)), high = new("a", 9, now), gone = new("a", 9, now.AddSeconds(-9));
        foreach (var turn in new[] { late, early, high, gone })
        {
            gate.Reserve(turn);
        }

        Assert.False(Try(gate)); // nobody overtakes them
        var lateWaits = gate.AcquireAsync(late, default).AsTask(); // lets the first in
        gate.Leave(gone); // had its turn, and does not want it
        var highWaits = await gate.AcquireAsync(high, default);
        Assert.False(lateWaits.IsCompleted);
        highWaits.Dispose();
        var earlyWaits = await gate.AcquireAsync(early, default);
        Assert.False(lateWaits.IsCompleted);
        earlyWaits.Dispose();
        Assert.True((await lateWaits).IsAcquired);
        Assert.Equal(0, gate.Waiting);
    }

    [Fact]
    public async Task AcquireAsync_AClientThatHadPlacesAMomentAgo_HasThemBeforeAnothersQueue()
    {
        using var gate = Gate(jobs: 4);
        var quiet = new[] { await gate.TryEnterAsync(null, "quiet"), await gate.TryEnterAsync(null, "quiet") };
        for (var i = 0; i < 20; i++)
        {
            _ = Turn(gate, "noisy");
        }

        Assert.Equal(20 - 2, gate.Waiting);

        // The quiet one orders one job after the other.
        for (var round = 0; round < 5; round++)
        {
            Array.ForEach(quiet, q => q.Dispose());
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(20 - 2, gate.Waiting);
            quiet = [await Turn(gate, "quiet"), await Turn(gate, "quiet")];
        }

        // It has gone, and in the end nothing is kept for it.
        Array.ForEach(quiet, q => q.Dispose());
        _time.Advance(KeptPlaces.KeptFor);
        Assert.Equal(20 - 4, gate.Waiting);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(8, 8, 4)]
    [InlineData(8, 1, 7)]
    public async Task AcquireAsync_SomebodyElsesPlaces_AreKeptUpToAnEqualShare(int all, int had, int left)
    {
        using var gate = Gate(jobs: all);
        for (var i = 0; i < had; i++)
        {
            (await gate.TryEnterAsync(null, "first")).Dispose();
        }

        var running = await Task.WhenAll(Enumerable.Range(0, had).Select(_ => Turn(gate, "first")));
        var second = Enumerable.Range(0, 2 * all).Select(_ => Turn(gate, "second")).ToArray();
        Array.ForEach(running, r => r.Dispose());

        Assert.Equal(second.Length - left, gate.Waiting);
    }

    private Task<RateLimitLease> Turn(ProviderLimiter gate, string client) => gate.AcquireAsync(new QueueTurn(client, 0, _time.GetUtcNow()), default).AsTask();

    private ProviderLimiter Gate(int? perMinute = null, int? jobs = null) => new(new ProviderLimits { RequestsPerMinute = perMinute, JobsAtOnce = jobs }, _time);

    private static bool Try(ProviderLimiter gate) => gate.AttemptAcquire().IsAcquired;

    private static Task<RateLimitLease> Wait(ProviderLimiter gate) => gate.AcquireAsync().AsTask();
}
