namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>One caller's claim to the answer of an order. One that ends without an answer has lost it.</summary>
/// <typeparam name="T">What was begun for the order.</typeparam>
internal sealed class Turn<T>(OrderTable<T> table, Order<T> order, ICaller caller, bool isFirst) : IDisposable
    where T : class
{
    private volatile bool _ended;
    private volatile bool _isAnswering;
    private volatile bool _isStreaming;
    private volatile bool _hasLeft;

    /// <summary>True when the order is this caller's own; false when an earlier caller's was taken over.</summary>
    public bool IsFirst { get; } = isFirst;

    /// <summary>
    /// Whether the caller has gone without its answer. One that has the whole of it may hang up at once, unless it is known that it did not read it; one whose
    /// connection breaks while more is to come has not.
    /// </summary>
    public bool IsGone => _isAnswering ? IsCutOff || caller.HasNotRead : caller.IsGone;

    /// <summary>Whether the caller has gone without its answer, or while it was sent.</summary>
    public bool IsLost => caller.IsBroken || IsGone;

    /// <summary>As <see cref="IsGone"/>, as far as that is known without asking.</summary>
    public bool IsKnownToBeGone => _isAnswering ? IsKnownToBeCutOff || caller.IsKnownNotToHaveRead : caller.IsKnownToBeGone;

    /// <summary>Whether the caller is known to have its answer.</summary>
    public bool IsKnownToHaveRead => _isAnswering && caller.IsKnownToHaveRead;

    /// <summary>Whether it may turn out that the caller did not read its answer.</summary>
    public bool ShowsWhetherRead => caller.ShowsWhetherRead;

    // Between two pieces of a stream one that has merely closed its side has gone too, and does not have what came after.
    private bool IsCutOff => _hasLeft || (!_ended && (caller.IsBroken || (_isStreaming && caller.IsGone)));

    private bool IsKnownToBeCutOff => _hasLeft || (!_ended && (caller.IsBroken || (_isStreaming && caller.IsKnownToBeGone)));

    /// <summary>When the connection was asked last whether the caller is there, by the clock's timestamp. Under the lock of the table.</summary>
    public long? AskedAt { get; set; }

    /// <summary>What was begun for the order, as soon as that is known; null when nothing came of it.</summary>
    public Task<T?> Begun => order.Begun;

    /// <summary>What was begun for the order; null when nothing came of it, or nothing yet.</summary>
    public T? Value => order.Value;

    /// <summary>Something was begun: from now on it is the order's answer that counts.</summary>
    public void Begin(T value) => order.Begin(value);

    /// <summary>What may be the last of the answer is about to be sent.</summary>
    /// <param name="moreMayCome">True for a piece of an answer whose end nobody knows.</param>
    public void Answering(bool moreMayCome = false)
    {
        if (!caller.IsGone)
        {
            _isStreaming |= moreMayCome;
            caller.Sent();
            _isAnswering = true;
        }
        else
        {
            _hasLeft |= _isStreaming;
        }
    }

    /// <summary>The answer is written as a whole, or all but its last bytes.</summary>
    /// <param name="uncertain">True when it reports the outcome of a job as unknown: whoever asks again is answered from the same order.</param>
    public void Answered(bool uncertain = false)
    {
        if (!_ended)
        {
            _ended = true;
            if (uncertain || IsLost)
            {
                table.Leave(order, this, isLoss: IsLost);
            }
            else
            {
                caller.Sent();
                _isAnswering = true;
                table.Deliver(order, this);
            }
        }
    }

    /// <summary>The answer is written as a whole to the only caller that waits for it.</summary>
    /// <returns>False when the caller has gone, may not read it or is not the only one: what was begun is needed still.</returns>
    public bool AnsweredOne()
    {
        if (_ended || IsLost || caller.ShowsWhetherRead || !table.DeliverToOne(order))
        {
            return false;
        }

        _ended = true;
        return true;
    }

    /// <summary>There is no order: nothing was begun, or what was begun cannot answer anybody.</summary>
    public void Withdraw()
    {
        _ended = true;
        table.Remove(order);
    }

    /// <summary>The caller's call is over. An order without an answer is left to whoever asks for the same next.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            table.Leave(order, this, isLoss: true);
        }
    }
}
