using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Engine.Open;

/// <summary>
/// The lease of this process as it knows it. A process that was stopped for longer than its lease finds out here, before it sends anything: by then another may drive what it
/// held. It counts from before the store was asked, so the store's lease never ends earlier.
/// </summary>
internal sealed class HeldLease(IGenerationStore store, StoreOwner owner, IFleet fleet, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private long _renewedAt = time.GetTimestamp();
    private long _renewedUtc = time.GetUtcNow().UtcTicks;
    private int _hasLapsed;

    /// <summary>True while nobody else can have taken what is held here.</summary>
    public bool IsSure
    {
        get
        {
            // A suspended machine stops one of the clocks, and a changed time moves the other.
            var limit = fleet.Lease * 0.9;
            return !fleet.IsShared
                || (time.GetElapsedTime(Interlocked.Read(ref _renewedAt)) < limit && Math.Abs(time.GetUtcNow().UtcTicks - Interlocked.Read(ref _renewedUtc)) < limit.Ticks);
        }
    }

    /// <summary>Whether it was prolonged after it may have ended, whoever prolonged it: others may have taken what was held. Asking takes the answer back.</summary>
    public bool TakeLapse() => Interlocked.Exchange(ref _hasLapsed, 0) != 0;

    /// <summary>What followed from the lapse could not be done: it stands.</summary>
    public void PutLapseBack() => Volatile.Write(ref _hasLapsed, 1);

    /// <summary>Prolongs it, however long the store is away.</summary>
    public async Task InsistAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await RenewAsync(cancellationToken);
                return;
            }
            catch (StoreUnavailableException)
            {
                await Pause.ForAsync(s_pause, time, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Prolongs it.</summary>
    /// <returns>How long the store took.</returns>
    public async ValueTask<TimeSpan> RenewAsync(CancellationToken cancellationToken)
    {
        var (began, utc, wasSure) = (time.GetTimestamp(), time.GetUtcNow().UtcTicks, IsSure);
        await store.RenewAsync(owner.Id, fleet.Lease, cancellationToken);
        if (!wasSure)
        {
            // Before it counts as sure again.
            PutLapseBack();
        }

        Interlocked.Exchange(ref _renewedAt, began);
        Interlocked.Exchange(ref _renewedUtc, utc);
        return time.GetElapsedTime(began);
    }
}
