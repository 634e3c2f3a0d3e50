using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Poll;

namespace Framegate.Proxy.Tests.Generations;

public sealed class PollProgressTests
{
    private static readonly DateTimeOffset _start = new(2026, 11, 3, 10, 0, 0, TimeSpan.Zero);
    private static readonly ProviderFailure _failure = new(ErrorCode.UnknownError, "");
    private static readonly JobOutcome _missing = new JobOutcome.NotFound(_failure);
    private static readonly JobOutcome _unreadable = new JobOutcome.Unreadable(_failure);
    private static readonly JobOutcome _running = new JobOutcome.Running(new JobHandle("1", "m"));
    private readonly PollProgress _progress = new();

    [Fact]
    public void Trouble_TheSameAnswerAgain_CountsFromTheFirst()
    {
        Feed(_unreadable, _unreadable);
        Assert.Equal(_start.AddSeconds(1), _progress.Trouble?.Since);

        Feed(_running);
        Assert.Null(_progress.Trouble);

        Feed(_unreadable);
        Assert.Equal(_start.AddSeconds(4), _progress.Trouble?.Since);
        Assert.Equal(4, _progress.Polls);
    }

    [Fact]
    public void Trouble_AnotherStatus_CountsAnew()
    {
        _progress.Count(_unreadable, _start, status: 401);
        _progress.Count(_unreadable, _start.AddSeconds(1), status: 503);

        Assert.Equal((503, _start.AddSeconds(1)), (_progress.Trouble!.Status, _progress.Trouble.Since));
    }

    [Fact]
    public void MissingFor_MissingSinceAWhile_CountsFromTheFirst()
    {
        Feed(_missing, _missing, _missing);

        Assert.Equal(TimeSpan.FromSeconds(10), _progress.MissingFor(_start.AddSeconds(11)));
    }

    [Fact]
    public void MissingFor_UnreadableInBetween_StillCounts()
    {
        Feed(_missing, _unreadable);

        Assert.Equal(TimeSpan.FromSeconds(10), _progress.MissingFor(_start.AddSeconds(11)));
    }

    [Fact]
    public void MissingFor_SeenAgain_StartsAnew()
    {
        Feed(_missing, _running);

        Assert.Equal(TimeSpan.Zero, _progress.MissingFor(_start.AddSeconds(11)));
    }

    /// <summary>One answer a second, the first after one.</summary>
    private void Feed(params JobOutcome[] outcomes)
    {
        foreach (var outcome in outcomes)
        {
            _progress.Count(outcome, _start.AddSeconds(_progress.Polls + 1));
        }
    }
}
