namespace Framegate.Proxy.Common;

/// <summary>The time of day as it was when this was made, carried on by the monotonic clock: setting the machine's clock moves it neither way.</summary>
internal sealed class SteadyClock(TimeProvider time)
{
    private readonly DateTimeOffset _start = time.GetUtcNow();
    private readonly long _stamp = time.GetTimestamp();

    /// <summary>The time now.</summary>
    public DateTimeOffset Now => _start + Elapsed;

    /// <summary>The time since this was made.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_stamp);
}
