using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Submit;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Generations;

public sealed class RetryPausesTests : IDisposable
{
    private static readonly RetryConfig _noJitter = new(Jitter: false);
    private readonly JumpingTime _time = new();
    private readonly RetryPauses _pauses;

    public RetryPausesTests() => _pauses = new RetryPauses(
        new Fixed(new JobsOptions { RetryBaseDelay = TimeSpan.FromSeconds(1), RetryMaxDelay = TimeSpan.FromSeconds(5) }), _time, new Random(1));

    public void Dispose() => _pauses.Dispose();

    [Fact]
    public async Task For_StepsWithoutAWish_DoublesUpToTheLongest() =>
        Assert.Equal([1, 2, 4, 5, 5], await RunAsync(_noJitter, Enumerable.Repeat(SubmitStep.After(null), 5)));

    [Fact]
    public async Task For_WithJitter_SpreadsThePauses()
    {
        var pauses = await RunAsync(null, Enumerable.Repeat(SubmitStep.After(null), 6));

        Assert.All(pauses, p => Assert.InRange(p, 0, 5));
        Assert.True(pauses.Distinct().Count() > 2);
    }

    [Fact]
    public async Task For_StepNamesAPause_TakesIt() =>
        Assert.Equal([0, 60], await RunAsync(_noJitter, [SubmitStep.Now, SubmitStep.After(TimeSpan.FromMinutes(1))]));

    [Theory]
    [InlineData(null, 1, null)]
    [InlineData(0, 1, null)]
    [InlineData(7, 1, 7)]
    [InlineData(3, 3, null)]
    public void AtLeast_ProviderNamesAPause_IsTakenWhereItIsLonger(int? asked, int attempts, int? pause)
    {
        var failure = ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "") with { RetryAfter = asked is { } s ? TimeSpan.FromSeconds(s) : null };

        Assert.Equal(pause, (int?)_pauses.AtLeast(failure, _noJitter, attempts)?.TotalSeconds);
    }

    private async Task<List<double>> RunAsync(RetryConfig? wanted, IEnumerable<SubmitStep> steps)
    {
        var queue = new Queue<SubmitStep>(steps);
        _time.Waits.Clear();
        await _pauses.For(wanted).ExecuteAsync(_ => new ValueTask<SubmitStep>(queue.TryDequeue(out var step) ? step : SubmitStep.Done));
        var waits = _time.Waits.ConvertAll(w => w.TotalSeconds);

        // A pause of zero needs no timer.
        return steps.First().Pause == TimeSpan.Zero ? [0, .. waits] : waits;
    }

    private sealed class JumpingTime : FakeTimeProvider
    {
        public List<TimeSpan> Waits { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            Waits.Add(dueTime);
            Advance(dueTime);
            return timer;
        }
    }

    private sealed class Fixed(JobsOptions value) : IOptionsMonitor<JobsOptions>
    {
        public JobsOptions CurrentValue => value;

        public JobsOptions Get(string? name) => value;

        public IDisposable? OnChange(Action<JobsOptions, string?> listener) => null;
    }
}
