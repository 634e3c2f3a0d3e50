using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Tests.Core;

public class JobTimelineTests
{
    private static readonly DateTimeOffset Start = new(2026, 9, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "Queued", 0)]
    [InlineData(0.99, "Queued", 0)]
    [InlineData(1, "Running", 0)]
    [InlineData(5.5, "Running", 0.5)]
    [InlineData(10, "Done", 1)]
    [InlineData(1000, "Done", 1)]
    public void PhaseAt_TenSecondJob_FollowsTheClock(double seconds, string phase, double progress)
    {
        var timeline = new JobTimeline(Start, TimeSpan.FromSeconds(10), JobEnding.Success);
        var now = Start.AddSeconds(seconds);
        Assert.Equal(phase, timeline.PhaseAt(now).ToString());
        Assert.Equal(progress, timeline.ProgressAt(now), 9);
        Assert.Equal(phase == "Done", timeline.SucceededBy(now));
    }

    [Fact]
    public void PhaseAt_JobWithoutDuration_IsDoneAtOnce() =>
        Assert.Equal(JobPhase.Done, new JobTimeline(Start, TimeSpan.Zero, JobEnding.Error).PhaseAt(Start));
}
