namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Asks until an answer is there, for a bounded time.</summary>
public static class Eventually
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks.</summary>
    /// <returns>The first answer that will do.</returns>
    /// <exception cref="TimeoutException">None would; the last one is in the message.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Func<T, bool> willDo, int seconds = 120)
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(_pause, TimeProvider.System);
        while (true)
        {
            var answer = await ask();
            if (willDo(answer))
            {
                return answer;
            }

            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(seconds))
            {
                throw new TimeoutException($"After {seconds} s it is still: {answer}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
