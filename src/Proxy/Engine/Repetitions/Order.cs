namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>Something that was ordered, from the request on until its answer has reached a caller.</summary>
/// <typeparam name="T">What was begun for it.</typeparam>
internal sealed class Order<T>
    where T : class
{
    private readonly TaskCompletionSource<T?> _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>An order.</summary>
    /// <param name="key">What was asked for.</param>
    public Order(ContentKey key) => (Key, Place) = (key, new OrderPlace<T> { Order = this });

    /// <summary>What was asked for.</summary>
    public ContentKey Key { get; }

    /// <summary>Its place in the queues of its table. Under the lock of the table.</summary>
    public OrderPlace<T> Place { get; }

    /// <summary>What was begun, as soon as that is known; null when nothing came of it.</summary>
    public Task<T?> Begun => _begun.Task;

    /// <summary>What was begun; null when nothing came of it, or nothing yet.</summary>
    public T? Value { get; private set; }

    /// <summary>Those who are to get its answer. Under the lock of the table.</summary>
    public List<Turn<T>> Turns { get; } = new(1);

    /// <summary>Whether all of them have gone, as far as that is known without asking. Under the lock of the table.</summary>
    public bool IsKnownToBeLeft
    {
        get
        {
            foreach (var turn in Turns)
            {
                if (!turn.IsKnownToBeGone)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether all of them are known to have their answer. Under the lock of the table.</summary>
    public bool IsKnownToBeRead => Turns.TrueForAll(static t => t.IsKnownToHaveRead);

    /// <summary>When its answer was given to a caller of whom it may turn out that it did not read it; null where nobody asks. Under the lock of the table.</summary>
    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>Since when nobody waits for its answer; null while somebody does. Under the lock of the table.</summary>
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>When its answer was lost last, or left all open first. Under the lock of the table.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>Whether a caller had an answer that leaves all open. Under the lock of the table.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Says what was begun, or that nothing was.</summary>
    public void Begin(T? value)
    {
        if (!_begun.Task.IsCompleted)
        {
            Value = value;
        }

        _begun.TrySetResult(value);
    }
}
