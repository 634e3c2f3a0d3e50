namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>
/// Orders whose answers have not reached their callers. Who asks for the same after a connection broke, or after an answer that leaves open whether a job
/// was paid, gets the answer of that order instead of another order; each order goes to one such caller at a time.
/// </summary>
/// <typeparam name="T">What is begun for an order.</typeparam>
/// <param name="mostLeft">Orders without a caller that are kept at most; the oldest go first.</param>
/// <param name="time">The clock.</param>
internal sealed class OrderTable<T>(int mostLeft, TimeProvider time)
    where T : class
{
    private const int MostAsked = 4;
    private static readonly TimeSpan AskedAgain = TimeSpan.FromMilliseconds(5);

    /// <summary>How long after an answer it may turn out that its caller did not read it.</summary>
    public static readonly TimeSpan UnreadWindow = TimeSpan.FromSeconds(5);
    private readonly Lock _lock = new();
    private bool _hasRestored;
    private readonly Dictionary<ContentKey, List<Order<T>>> _orders = [];

    private readonly LeftOrders<T> _left = new(mostLeft);

    // In the order in which they were answered, where a caller may not have read its answer.
    private readonly Queue<(OrderPlace<T> Place, DateTimeOffset AnsweredAt)> _answered = new();

    /// <summary>Called with what was begun for an order that nobody can join any more: its answer has reached a caller, or it was kept long enough. It must not wait;
    /// null for nobody.</summary>
    public Action<T>? Ended { get; init; }

    /// <summary>Called with what was begun for an order that is not held here any longer, which may be later: of one that was answered it may turn out that nobody read it.
    /// Under the lock; null for nobody.</summary>
    public Action<T>? Removed { get; init; }

    /// <summary>How many orders wait for their answers to be given.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _orders.Values.Sum(o => o.Count(order => order.AnsweredAt is null));
            }
        }
    }

    /// <summary>Takes over an order that has lost its caller; else begins one.</summary>
    /// <param name="key">What is asked for.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="window">How long an order waits for somebody who asks again.</param>
    /// <param name="isRepetition">True when the caller declares a repetition: an order whose caller seems to be there will do then.</param>
    public Turn<T> Enter(ContentKey key, ICaller caller, TimeSpan window, bool isRepetition)
    {
        var since = time.GetUtcNow() - window;
        lock (_lock)
        {
            while (_answered.TryPeek(out var answered) && answered.AnsweredAt < since + window - UnreadWindow)
            {
                Close(_answered.Dequeue());
            }

            ForgetOld(since);

            if (!_orders.ContainsKey(key))
            {
                return Add(new Order<T>(key), caller);
            }
        }

        // A caller that is gone already has been overtaken by its own repetition, if there is one.
        isRepetition = isRepetition || caller.IsGone;
        lock (_lock)
        {
            var order = Find(key, since, isRepetition);
            return order is null ? Add(new Order<T>(key), caller) : Take(order, caller);
        }
    }

    /// <summary>Begins an order, whatever else was asked for.</summary>
    public Turn<T> Begin(ContentKey key, ICaller caller)
    {
        lock (_lock)
        {
            return Add(new Order<T>(key), caller);
        }
    }

    /// <summary>A caller that has named its order waits for its answer too.</summary>
    /// <returns>Null when the order's answer has reached somebody.</returns>
    public Turn<T>? Return(ContentKey key, T value, ICaller caller)
    {
        lock (_lock)
        {
            return _orders.GetValueOrDefault(key)?.Find(o => o.AnsweredAt is null && value.Equals(o.Value)) is { } order
                ? Take(order, caller)
                : null;
        }
    }

    /// <summary>Whether orders that an earlier process has left are there under a key.</summary>
    public bool HasRestored(ContentKey key)
    {
        lock (_lock)
        {
            return _hasRestored && _orders.ContainsKey(key);
        }
    }

    /// <summary>Whether an earlier process has left orders.</summary>
    public bool AnyRestored => Volatile.Read(ref _hasRestored);

    /// <summary>Gives an order away whose caller has gone: whoever asks for the same here begins another one from then on.</summary>
    /// <param name="key">What was asked for.</param>
    /// <param name="window">How long an order waits for somebody who asks again.</param>
    /// <returns>What was begun for it, null when there is nothing to give; and whether that is not known yet.</returns>
    public (T? Value, bool IsPending) Give(ContentKey key, TimeSpan window)
    {
        lock (_lock)
        {
            var order = Find(key, time.GetUtcNow() - window, any: false);
            if (order?.Value is not { } value)
            {
                return (null, order?.Begun.IsCompleted == false);
            }

            RemoveLocked(order);
            return (value, false);
        }
    }

    /// <summary>Puts an order back that an earlier process has left. One that is here already stays as it is.</summary>
    public void Restore(ContentKey key, T value, DateTimeOffset leftAt)
    {
        var order = new Order<T>(key);
        order.Begin(value);
        lock (_lock)
        {
            if (_orders.GetValueOrDefault(key)?.Exists(o => value.Equals(o.Value)) == true)
            {
                return;
            }

            _hasRestored = true;
            List(key).Add(order);
            Enqueue(order, leftAt);
        }
    }

    /// <summary>A caller goes without having got an answer that it can be content with.</summary>
    /// <param name="order">The order.</param>
    /// <param name="turn">Its turn.</param>
    /// <param name="isLoss">False where it has an answer that leaves all open; to get that again prolongs nothing.</param>
    internal void Leave(Order<T> order, Turn<T> turn, bool isLoss)
    {
        lock (_lock)
        {
            order.Turns.Remove(turn);
            if (turn.IsFirst && !order.Begun.IsCompleted)
            {
                RemoveLocked(order);
            }
            else if (order.Turns.Count == 0 && IsIn(order))
            {
                var isAgain = !isLoss && order.IsUncertain;
                order.IsUncertain |= !isLoss;
                Enqueue(order, isAgain ? order.LostAt!.Value : time.GetUtcNow());
            }
        }
    }

    /// <summary>The answer has reached a caller: what is asked for from now on is another order, unless it turns out that the caller did not read it.</summary>
    internal void Deliver(Order<T> order, Turn<T> turn)
    {
        lock (_lock)
        {
            if (turn.ShowsWhetherRead && order.Turns.Count == 1 && order.Value is not null && IsIn(order))
            {
                order.AnsweredAt = time.GetUtcNow();
                _answered.Enqueue((order.Place, order.AnsweredAt.Value));
                if (_answered.Count > mostLeft)
                {
                    Close(_answered.Dequeue());
                }
            }
            else
            {
                RemoveLocked(order);
            }
        }

        // A crash forgets who has not read; the worst of it is what it was.
        if (order.Value is { } begun)
        {
            Ended?.Invoke(begun);
        }
    }

    /// <summary>The same, where nobody but this caller waits for the answer, so that no copy of it is needed.</summary>
    /// <returns>False when somebody else does.</returns>
    internal bool DeliverToOne(Order<T> order)
    {
        lock (_lock)
        {
            if (order.Turns.Count > 1)
            {
                return false;
            }

            RemoveLocked(order);
            return true;
        }
    }

    /// <summary>There is no such order.</summary>
    internal void Remove(Order<T> order)
    {
        lock (_lock)
        {
            RemoveLocked(order);
        }
    }

    private void RemoveLocked(Order<T> order)
    {
        order.Begin(null);
        if (_orders.TryGetValue(order.Key, out var orders) && orders.Remove(order))
        {
            Drop(order);
            if (orders.Count == 0)
            {
                _orders.Remove(order.Key);
            }
        }
    }

    /// <summary>An order is out of the table: what still stands in a queue must not keep its answer.</summary>
    private void Drop(Order<T> order)
    {
        order.Place.Order = null;
        _left.Take(order);
        if (order.Value is { } begun)
        {
            Removed?.Invoke(begun);
        }
    }

    private Order<T>? Find(ContentKey key, DateTimeOffset since, bool any)
    {
        if (!_orders.TryGetValue(key, out var orders))
        {
            return null;
        }

        _ = orders.RemoveAll(IsRead);

        // Asking a connection is a call into the system: of many equal orders at once only the oldest are asked.
        foreach (var order in orders)
        {
            if (order.LeftAt is { } left ? left >= since : order.IsKnownToBeLeft)
            {
                return order;
            }
        }

        if (orders.Count == 0)
        {
            _orders.Remove(key);
            return null;
        }

        var (asked, answered, now) = (0, 0, time.GetTimestamp());
        foreach (var order in orders)
        {
            // Those that have been answered stand in nobody's way.
            if (order.LeftAt is null && (order.AnsweredAt is null ? asked++ : answered++) < MostAsked && IsLeft(order, now))
            {
                return order;
            }
        }

        return any ? orders.Where(o => o.LeftAt is null && o.AnsweredAt is null).MinBy(o => o.Turns.Count) : null;
    }

    /// <summary>Whether an answered order has served: its caller came for more. Without this a client that repeats itself for good would have all of its last seconds looked at.</summary>
    private bool IsRead(Order<T> order)
    {
        if (order.AnsweredAt is null || !order.IsKnownToBeRead)
        {
            return false;
        }

        order.AnsweredAt = null;
        Drop(order);
        return true;
    }

    /// <summary>Asks those who wait for an order whether they are there, and each again after a moment only.</summary>
    private bool IsLeft(Order<T> order, long now)
    {
        foreach (var turn in order.Turns)
        {
            if (turn.AskedAt is { } last && time.GetElapsedTime(last, now) < AskedAgain && !turn.IsKnownToBeGone)
            {
                return false;
            }

            turn.AskedAt = now;
            if (!turn.IsGone)
            {
                return false;
            }
        }

        return true;
    }

    private Turn<T> Add(Order<T> order, ICaller caller)
    {
        List(order.Key).Add(order);
        var turn = new Turn<T>(this, order, caller, isFirst: true);
        order.Turns.Add(turn);
        return turn;
    }

    private Turn<T> Take(Order<T> order, ICaller caller)
    {
        if (order.AnsweredAt is not null)
        {
            order.Turns.Clear();
        }

        var turn = new Turn<T>(this, order, caller, isFirst: false);
        order.Turns.Add(turn);
        _left.Take(order);
        order.AnsweredAt = null;
        return turn;
    }

    private List<Order<T>> List(ContentKey key)
    {
        if (!_orders.TryGetValue(key, out var orders))
        {
            _orders[key] = orders = new(1);
        }

        return orders;
    }

    private bool IsIn(Order<T> order) => _orders.TryGetValue(order.Key, out var orders) && orders.Contains(order);

    /// <summary>Nobody waits for an order's answer. The oldest are forgotten where there are too many such.</summary>
    private void Enqueue(Order<T> order, DateTimeOffset lostAt)
    {
        _left.Add(order, lostAt);
        ForgetOld(DateTimeOffset.MinValue);
    }

    private void ForgetOld(DateTimeOffset since)
    {
        while (_left.Next(since) is { } order)
        {
            var begun = order.Value;
            RemoveLocked(order);
            if (begun is not null)
            {
                Ended?.Invoke(begun);
            }
        }
    }

    /// <summary>Nothing more is to be learned of a caller: it has read its answer, or the order is left to who asks again.</summary>
    private void Close((OrderPlace<T> Place, DateTimeOffset AnsweredAt) answered)
    {
        if (answered.Place.Order is not { } order || order.AnsweredAt != answered.AnsweredAt)
        {
            return;
        }

        order.AnsweredAt = null;
        if (!order.IsKnownToBeLeft)
        {
            RemoveLocked(order);
            return;
        }

        order.Turns.Clear();
        Enqueue(order, answered.AnsweredAt);
    }
}
