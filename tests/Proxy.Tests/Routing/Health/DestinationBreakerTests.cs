using Framegate.Proxy.Selection.Health;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;

namespace Framegate.Proxy.Tests.Routing.Health;

public sealed class DestinationBreakerTests
{
    private static readonly BreakerOptions _options = new() { MinimumThroughput = 4, BreakDuration = TimeSpan.FromSeconds(5) };
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _told = [];
    private readonly DestinationBreaker _breaker;
    private int _calls;

    public DestinationBreakerTests() =>
        _breaker = new DestinationBreaker(_options, _time, d => _told.Add($"open {d.TotalSeconds:0}"), () => _told.Add("closed"));

    [Fact]
    public async Task ExecuteAsync_HalfOfTheSubmitsFail_OpensAndLetsOneThroughLater()
    {
        foreach (var failed in new[] { false, true, false, true })
        {
            await CallAsync(failed);
        }

        Assert.Equal(["open 5"], _told);
        await Assert.ThrowsAsync<BrokenCircuitException>(() => CallAsync(false));
        Assert.Equal(4, _calls);

        _time.Advance(TimeSpan.FromSeconds(6));
        await CallAsync(false);

        Assert.Equal(["open 5", "closed"], _told);
        Assert.Equal("closed", _breaker.State);
    }

    [Fact]
    public async Task ExecuteAsync_ProbingSubmitIsUnderWay_RefusesTheOthers()
    {
        for (var i = 0; i < 4; i++)
        {
            await CallAsync(true);
        }

        _time.Advance(TimeSpan.FromSeconds(6));
        var probe = new TaskCompletionSource<bool>();
        var first = ExecuteAsync(async () => await probe.Task);

        Assert.Equal("half_open", _breaker.State);
        await Assert.ThrowsAsync<BrokenCircuitException>(() => CallAsync(false));
        probe.SetResult(true);
        await first;

        Assert.Equal("open", _breaker.State);
    }

    [Fact]
    public async Task IsolateAsync_AccountIsEmpty_StaysOutUntilItIsClosed()
    {
        await _breaker.IsolateAsync(default);
        _time.Advance(TimeSpan.FromDays(1));

        await Assert.ThrowsAsync<IsolatedCircuitException>(() => CallAsync(false));
        await _breaker.CloseAsync(default);
        await CallAsync(false);

        Assert.Equal("closed", _breaker.State);
    }

    private Task CallAsync(bool failed) => ExecuteAsync(() =>
    {
        _calls++;
        return Task.FromResult(failed);
    });

    private async Task ExecuteAsync(Func<Task<bool>> submit)
    {
        var context = ResilienceContextPool.Shared.Get();
        var outcome = await _breaker.ExecuteAsync(static async (_, s) => Outcome.FromResult(await s()), submit, context);
        ResilienceContextPool.Shared.Return(context);
        outcome.ThrowIfException();
    }
}
