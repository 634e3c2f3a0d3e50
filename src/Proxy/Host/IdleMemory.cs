namespace Framegate.Proxy.Host;

/// <summary>
/// Gives memory back to the system when a rush is over. The collector runs when something is allocated: what a burst of large requests has taken would be kept for
/// as long as little happens. The start is such a rush.
/// </summary>
internal sealed class IdleMemory(ReceiveBlocks blocks, TimeProvider time) : IHostedService, IDisposable
{
    private const long Quiet = 16L * 1024 * 1024;
    private const long LeastGrowth = 32L * 1024 * 1024;
    private const int Quarter = 4;

    // Longer than the pool waits before it gives back what is not needed.
    private const int SteadyLooks = 3;
    private static readonly TimeSpan s_every = TimeSpan.FromSeconds(5);
    private ITimer? _timer;
    private long _allocated;
    private long _least = long.MaxValue;
    private long _collected;
    private long _givenBack;
    private int _steady = SteadyLooks;
    private bool _hasCollected;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static self => ((IdleMemory)self!).Look(), this, s_every, s_every);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _timer?.Dispose();

    /// <summary>
    /// Collects all generations when little was allocated since the last look, no connection's blocks were given back for a while, and one of these holds: nothing was
    /// collected yet, much more is resident than was left the last time, or the blocks of many connections were given back since. A block cannot be moved: while a few of a
    /// rush are in use, a collection returns next to nothing of the others.
    /// </summary>
    /// <remarks>The pause it costs falls where next to nothing is served.</remarks>
    /// <returns>Whether it has collected.</returns>
    internal bool Look()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var givenBack = blocks.GivenBack;
        _steady = givenBack == _givenBack ? _steady + 1 : 0;
        var isQuiet = allocated - _allocated < Quiet && _steady >= SteadyLooks;
        (_allocated, _givenBack) = (allocated, givenBack);
        var resident = Environment.WorkingSet;
        _least = Math.Min(_least, resident);
        var isRushOver = resident - _least >= Math.Max(LeastGrowth, _least / Quarter) || givenBack - _collected >= LeastGrowth;
        if (!isQuiet || (_hasCollected && !isRushOver))
        {
            return false;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        (_least, _collected, _hasCollected) = (Environment.WorkingSet, givenBack, true);
        return true;
    }
}
