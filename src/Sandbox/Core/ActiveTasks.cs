namespace Framegate.Sandbox.Core;

/// <summary>Counts the tasks that are not finished yet, from their known ends. Thread-safe.</summary>
internal sealed class ActiveTasks(int limit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<DateTimeOffset, DateTimeOffset> _ends = new();

    /// <summary>Takes a place until <paramref name="takes"/> has passed; false when all are taken.</summary>
    public bool TryEnter(TimeSpan takes)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            while (_ends.TryPeek(out var end, out _) && end <= now)
            {
                _ends.Dequeue();
            }

            if (_ends.Count >= limit)
            {
                return false;
            }

            _ends.Enqueue(now + takes, now + takes);
            return true;
        }
    }
}
