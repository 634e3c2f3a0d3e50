using Framegate.Proxy.Selection.Health;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Routing.Health;

public sealed class HealthScoreTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Value_NothingKnown_IsOne() => Assert.Equal(1, New().Value);

    [Fact]
    public void Value_Failures_FallAndAreForgotten()
    {
        var score = New();
        Times(9, score.Failed);
        Assert.Equal(0.1, score.Value, 3);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.InRange(score.Value, 0.17, 0.19);

        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.InRange(score.Value, 0.99, 1);
    }

    [Fact]
    public void Value_AskedToSlowDown_FallsByHalfAtMost()
    {
        var score = New();
        Times(1000, score.Limited);

        Assert.InRange(score.Value, 0.5, 0.51);
    }

    [Fact]
    public void Value_JobsTakeLongerThanUsual_Falls()
    {
        var latency = new LatencyView(_time);
        var score = new HealthScore(_time, latency);
        Times(50, () => latency.Add(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, score.Value);

        Times(5, () => latency.Add(TimeSpan.FromSeconds(10)));
        Assert.InRange(score.Value, 0.2, 0.7);
    }

    [Fact]
    public void Value_Out_IsZero() => Assert.Equal(0, new HealthScore(_time, null) { IsOut = true }.Value);

    private HealthScore New() => new(_time, null);

    private static void Times(int count, Action act)
    {
        for (var i = 0; i < count; i++)
        {
            act();
        }
    }
}
