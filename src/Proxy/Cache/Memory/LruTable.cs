using System.Diagnostics.CodeAnalysis;

namespace Framegate.Proxy.Cache.Memory;

/// <summary>
/// What has not been used in the longest time leaves first, as the CLOCK algorithm approximates it: entries stand in line as they came, and
/// one that has been used since it was last looked at goes to the end instead of leaving. A hit costs no more than to mark the entry.
/// </summary>
internal sealed class LruTable(int maxEntries, long maxBytes) : BoundedTable(maxEntries, maxBytes)
{
    // May name entries that have left; those are passed over.
    private readonly Queue<CacheSlot> _line = new();

    protected override int Waiting => _line.Count;

    protected override void Append(CacheSlot slot)
    {
        slot.Used = false;
        _line.Enqueue(slot);
    }

    protected override bool TryTakeFirst(CacheSlot newest, [NotNullWhen(true)] out CacheSlot? first)
    {
        while (_line.TryDequeue(out first))
        {
            if (!first.Used && first != newest)
            {
                return true;
            }

            Append(first);
        }

        return false;
    }

    protected override void Refill(IEnumerable<CacheSlot> entries)
    {
        // Those that have left are dropped; the others keep their places.
        var alive = entries.ToHashSet(ReferenceEqualityComparer.Instance);
        for (var left = _line.Count; left > 0; left--)
        {
            if (_line.Dequeue() is var slot && alive.Remove(slot))
            {
                _line.Enqueue(slot);
            }
        }
    }
}
