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
    public void Count_Unreadable_CountsThoseInARow()
    {
        Feed(_unreadable, _unreadable);
        Assert.Equal(2, _progress.Unreadable);

        Feed(_running, _unreadable);
        Assert.Equal(1, _progress.Unreadable);
        Assert.Equal(4, _progress.Polls);
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
