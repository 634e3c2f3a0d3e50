namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>
/// Calls that were refused before anything was begun, by what they asked for. The repetition that follows is another try of such a call, and no repetition of an equal one that was
/// let in: each refusal lets one repetition be an order of its own, the one that counts one try more. So a refusal that nobody repeats means nothing to later calls.
/// </summary>
/// <param name="most">How many are kept; the oldest go first.</param>
/// <param name="time">The clock.</param>
internal sealed class FreeRefusals(int most, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentKey, LinkedList<Refusal>> _byKey = [];
    private readonly Queue<Refusal> _all = new();

    /// <summary>Notes a refusal.</summary>
    /// <param name="key">What was asked for.</param>
    /// <param name="tries">How many tries its caller has counted before it.</param>
    /// <param name="window">How long its repetition may take.</param>
    public void Note(ContentKey key, int tries, TimeSpan window)
    {
        lock (_lock)
        {
            Forget(window);
            var refusal = new Refusal(key, tries, time.GetUtcNow());
            _all.Enqueue(refusal);
            if (!_byKey.TryGetValue(key, out var refusals))
            {
                _byKey.Add(key, refusals = new LinkedList<Refusal>());
            }

            refusals.AddLast(refusal);
        }
    }

    /// <summary>Whether a repetition is that of a call that was refused; then that one has been repeated.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="tries">How many tries its caller has counted before it.</param>
    /// <param name="window">How long a repetition may take.</param>
    public bool TryTake(ContentKey key, int tries, TimeSpan window)
    {
        lock (_lock)
        {
            Forget(window);
            if (!_byKey.TryGetValue(key, out var refusals) || refusals.FirstOrDefault(r => r.Tries == tries - 1) is not { } refusal)
            {
                return false;
            }

            refusal.IsTaken = true;
            refusals.Remove(refusal);
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
                refusals.RemoveFirst();
                RemoveEmpty(oldest.Key, refusals);
            }
        }
    }

    private void RemoveEmpty(ContentKey key, LinkedList<Refusal> refusals)
    {
        if (refusals.Count == 0)
        {
            _byKey.Remove(key);
        }
    }

    private sealed class Refusal(ContentKey key, int tries, DateTimeOffset at)
    {
        public int Tries => tries;

        public ContentKey Key => key;

        public DateTimeOffset At => at;

        public bool IsTaken { get; set; }
    }
}
