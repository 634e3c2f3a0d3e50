using Framegate.Proxy.Common.Redis;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>What the log is told of a Redis that comes and goes.</summary>
public sealed class RedisStateTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private readonly RedisState _state;

    public RedisStateTests() => _state = new RedisState(_time, failure => _told.Add("away: " + failure?.Message), () => _told.Add("back"));

    /// <remarks>As one is that is read-only: invalidations are read every second, counts of limits cannot be written.</remarks>
    [Fact]
    public void Report_OneUseFailsAndAnotherWorks_IsToldOnce()
    {
        for (var second = 0; second < 30; second++)
        {
            Fail(RedisUse.Limits, "READONLY");
            Work(RedisUse.Invalidations);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["away: READONLY"], _told);

        Work(RedisUse.Limits);
        _time.Advance(RedisState.Calm);
        Assert.Equal(["away: READONLY", "back"], _told);
    }

    [Fact]
    public void Report_WorksAndFailsInTurns_IsToldOnce()
    {
        for (var second = 0; second < 30; second++)
        {
            Fail(RedisUse.Limits, "slow");
            _time.Advance(TimeSpan.FromSeconds(1));
            Work(RedisUse.Limits);
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        _time.Advance(RedisState.Calm);
        Assert.Equal(["away: slow", "back"], _told);
    }

    [Fact]
    public void Report_TwoUsesFail_IsBackOnceBothWork()
    {
        Fail(RedisUse.Limits, "cut");
        Fail(RedisUse.Invalidations, "cut");
        Work(RedisUse.Limits);
        _time.Advance(RedisState.Calm);
        Assert.Equal(["away: cut"], _told);

        Work(RedisUse.Invalidations);
        _time.Advance(RedisState.Calm);
        Fail(RedisUse.Limits, "again");
        Assert.Equal(["away: cut", "back", "away: again"], _told);
    }

    private void Fail(RedisUse use, string reason) => _state.Report(use, works: false, new InvalidOperationException(reason));

    private void Work(RedisUse use) => _state.Report(use, works: true, null);
}
