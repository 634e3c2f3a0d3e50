using Framegate.Proxy.Edge.Webhooks;

namespace Framegate.Proxy.Tests.Callbacks;

public class CallbackScheduleTests
{
    [Fact]
    public void PauseAfter_Defaults_SpanADay()
    {
        var options = new CallbackOptions();

        var all = Enumerable.Range(1, options.MaxAttempts - 1).Select(i => CallbackSchedule.PauseAfter(options.FirstPause, i, null, 0.5)).ToList();

        Assert.Equal([5.0, 15, 45, 135, 405, 1215, 3645, 10935, 21600, 21600, 21600], all.Select(p => p.TotalSeconds));
        Assert.InRange(TimeSpan.FromSeconds(all.Sum(p => p.TotalSeconds)), TimeSpan.FromHours(22), TimeSpan.FromHours(24));
    }

    [Theory]
    [InlineData(0, 0.0, 9.0)]
    [InlineData(0, 1.0, 11.0)]
    [InlineData(60, 0.5, 60.0)]
    [InlineData(1, 0.5, 10.0)]
    [InlineData(-5, 0.5, 10.0)]
    [InlineData(1_000_000, 0.5, 21600.0)]
    public void PauseAfter_ReceiverAsksForMore_WaitsThatLongUpToTheCap(int asked, double chance, double seconds) =>
        Assert.Equal(seconds, CallbackSchedule.PauseAfter(TimeSpan.FromSeconds(10), 1, asked == 0 ? null : TimeSpan.FromSeconds(asked), chance).TotalSeconds, 3);
}
