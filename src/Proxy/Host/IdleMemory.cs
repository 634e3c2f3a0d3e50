namespace Framegate.Proxy.Host;

/// <summary>
/// Gives memory back to the system when a rush is over. The collector runs when something is allocated: what a burst of large requests has taken would be kept for
/// as long as little happens. The start is such a rush.
/// </summary>
internal sealed class IdleMemory(TimeProvider time) : IHostedService, IDisposable
{
    private const long Quiet = 16L * 1024 * 1024;
    private const long LeastGrowth = 32L * 1024 * 1024;
    private const int Quarter = 4;
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);
    private ITimer? _timer;
    private long _allocated;
    private long _least = long.MaxValue;
    private bool _hasCollected;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static self => ((IdleMemory)self!).Look(), this, s_every, s_every);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _timer?.Dispose();

    /// <summary>Collects all generations when little was allocated since the last look, and much more is resident than was left the last time, or nothing was collected yet.</summary>
    /// <remarks>The pause it costs falls where next to nothing is served.</remarks>
    /// <returns>Whether it has collected.</returns>
    internal bool Look()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var isQuiet = allocated - _allocated < Quiet;
        _allocated = allocated;
        var resident = Environment.WorkingSet;
        _least = Math.Min(_least, resident);
        if (!isQuiet || (_hasCollected && resident - _least < Math.Max(LeastGrowth, _least / Quarter)))
        {
            return false;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        (_least, _hasCollected) = (Environment.WorkingSet, true);
        return true;
    }
}
