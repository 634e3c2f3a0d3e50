namespace Framegate.Sandbox.Runway;

/// <summary>The account's concurrency: what exceeds it waits its turn, it is not refused. Thread-safe.</summary>
/// <remarks>Every task's length is known beforehand, so its turn is, too. A task that is deleted early keeps its place.</remarks>
internal sealed class RunwaySlots(int limit)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _ends = new();

    /// <summary>When a task of this length can start: now, or when the next one ends.</summary>
    public DateTimeOffset Reserve(DateTimeOffset now, TimeSpan takes)
    {
        lock (_lock)
        {
            while (_ends.TryPeek(out var end, out _) && end <= now)
            {
                _ends.Dequeue();
            }

            var start = _ends.Count < limit ? now : _ends.Dequeue();
            _ends.Enqueue(start + takes, start + takes);
            return start;
        }
    }
}
