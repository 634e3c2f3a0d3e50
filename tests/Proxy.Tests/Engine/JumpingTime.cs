using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A clock on which every pause is over at once. Deadlines (a token's timer, a wait with a limit) pass when a pause has carried the clock past them.</summary>
internal sealed class JumpingTime : FakeTimeProvider
{
    private TimeSpan _setBack;

    public JumpingTime()
        : base(new DateTimeOffset(2026, 11, 3, 10, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>The pauses so far.</summary>
    public List<TimeSpan> Pauses { get; } = [];

    /// <summary>Sets the clock back, or forward again with a negative time; timers and the monotonic clock do not notice.</summary>
    public void SetBack(TimeSpan by) => _setBack += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - _setBack;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (state?.GetType().Name.StartsWith("DelayPromise", StringComparison.Ordinal) == true)
        {
            Pauses.Add(dueTime);
            Advance(dueTime);
        }

        return timer;
    }
}
