namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>
/// Calls that were refused before anything was begun, by what they asked for. The repetition that follows is another try of such a call, and no repetition of an equal one that was
/// let in: each refusal lets one repetition be an order of its own.
/// </summary>
/// <param name="most">How many are kept; the oldest go first.</param>
/// <param name="time">The clock.</param>
internal sealed class FreeRefusals(int most, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentKey, Queue<Refusal>> _byKey = [];
    private readonly Queue<Refusal> _all = new();

    /// <summary>Notes a refusal.</summary>
    /// <param name="key">What was asked for.</param>
    /// <param name="window">How long its repetition may take.</param>
    public void Note(ContentKey key, TimeSpan window)
    {
        lock (_lock)
        {
            Forget(window);
            var refusal = new Refusal(key, time.GetUtcNow());
            _all.Enqueue(refusal);
            if (!_byKey.TryGetValue(key, out var refusals))
            {
                _byKey.Add(key, refusals = new Queue<Refusal>());
            }

            refusals.Enqueue(refusal);
        }
    }

    /// <summary>Whether a repetition is that of a call that was refused; then that one has been repeated.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="window">How long a repetition may take.</param>
    public bool TryTake(ContentKey key, TimeSpan window)
    {
        lock (_lock)
        {
            Forget(window);
            if (!_byKey.TryGetValue(key, out var refusals))
            {
                return false;
            }

            refusals.Dequeue().IsTaken = true;
            RemoveEmpty(key, refusals);
            return true;
        }
    }

    private void Forget(TimeSpan window)
    {
        var since = time.GetUtcNow() - window;
        while (_all.TryPeek(out var oldest) && (oldest.At < since || _all.Count > most || oldest.IsTaken))
        {
            _all.Dequeue();
            if (!oldest.IsTaken)
            {
                var refusals = _byKey[oldest.Key];
                refusals.Dequeue();
                RemoveEmpty(oldest.Key, refusals);
            }
        }
    }

    private void RemoveEmpty(ContentKey key, Queue<Refusal> refusals)
    {
        if (refusals.Count == 0)
        {
            _byKey.Remove(key);
        }
    }

    private sealed class Refusal(ContentKey key, DateTimeOffset at)
    {
        public ContentKey Key => key;

        public DateTimeOffset At => at;

        public bool IsTaken { get; set; }
    }
}
