using Framegate.Proxy.Cache.Memory;

namespace Framegate.Proxy.Cache;

/// <summary>Takes expired entries out of memory, also those that nobody asks for.</summary>
internal sealed class CacheSweeper(MemoryLevel memory, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                memory.Sweep();
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }
}
