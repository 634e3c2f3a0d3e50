namespace Framegate.Proxy.Common.Redis;

/// <summary>Whether all that a Redis is used for works. One use that works does not hide another that fails, and one success is no end of an outage.</summary>
/// <param name="time">The clock.</param>
/// <param name="away">Called when a use fails after all have worked, with the reason where it is known.</param>
/// <param name="back">Called when no use has failed for <see cref="Calm"/> after that.</param>
internal sealed class RedisState(TimeProvider time, Action<Exception?> away, Action back)
{
    /// <summary>How long all must work before an outage counts as over.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly HashSet<RedisUse> _failing = [];
    private bool _isAway;
    private int _failures;

    /// <summary>A use worked, or failed.</summary>
    /// <param name="use">The use.</param>
    /// <param name="works">Whether it worked.</param>
    /// <param name="failure">Why not, where that is known.</param>
    public void Report(RedisUse use, bool works, Exception? failure)
    {
        lock (_lock)
        {
            if (works)
            {
                if (_failing.Remove(use) && _failing.Count == 0)
                {
                    _ = WaitAsync(_failures);
                }

                return;
            }

            _failures++;
            _failing.Add(use);
            if (_isAway)
            {
                return;
            }

            _isAway = true;
        }

        away(failure);
    }

    private async Task WaitAsync(int failures)
    {
        await Task.Delay(Calm, time);
        lock (_lock)
        {
            if (_failures != failures)
            {
                return;
            }

            _isAway = false;
        }

        back();
    }
}
