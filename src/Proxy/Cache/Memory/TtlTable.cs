using System.Diagnostics.CodeAnalysis;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>Keeps every entry until it expires; only when the bytes do not suffice, what expires first leaves early.</summary>
internal sealed class TtlTable(long maxBytes) : BoundedTable(int.MaxValue, maxBytes)
{
    // May name entries that have left; those are passed over.
    private readonly PriorityQueue<CacheSlot, DateTimeOffset> _byExpiry = new();

    protected override int Waiting => _byExpiry.Count;

    protected override void Append(CacheSlot slot) => _byExpiry.Enqueue(slot, slot.ExpiresAt);

    protected override bool TryTakeFirst(CacheSlot newest, [NotNullWhen(true)] out CacheSlot? first) => _byExpiry.TryDequeue(out first, out _);

    protected override void Refill(IEnumerable<CacheSlot> entries)
    {
        _byExpiry.Clear();
        _byExpiry.EnqueueRange(entries.Select(e => (e, e.ExpiresAt)));
    }
}
