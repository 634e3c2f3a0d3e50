namespace Framegate.Proxy.Egress;

/// <summary>Counts the submits that a provider has not answered yet, a client's own on native routes among them. A stop waits for them: cutting one short
/// leaves a job that nobody knows of.</summary>
internal sealed class SubmitsUnderway
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _none;
    private int _count;

    /// <summary>A submit is about to be sent.</summary>
    /// <returns>To be disposed of once its answer has been dealt with.</returns>
    public Underway Begin()
    {
        Interlocked.Increment(ref _count);
        return new Underway(this);
    }

    /// <summary>Ends when no submit is on its way, which is at once where there is none.</summary>
    public Task NoneAsync()
    {
        lock (_lock)
        {
            return Volatile.Read(ref _count) == 0 ? Task.CompletedTask : (_none ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _count) > 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_count == 0)
            {
                _none?.TrySetResult();
                _none = null;
            }
        }
    }

    /// <summary>One of them.</summary>
    internal readonly struct Underway(SubmitsUnderway? all) : IDisposable
    {
        /// <summary>It is over.</summary>
        public void Dispose() => all?.End();
    }
}
