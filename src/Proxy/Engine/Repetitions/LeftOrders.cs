namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>The orders of a table that nobody waits for, in the order in which they were left. Under the lock of the table.</summary>
/// <typeparam name="T">What is begun for an order.</typeparam>
/// <param name="most">How many are kept.</param>
internal sealed class LeftOrders<T>(int most)
    where T : class
{
    // One that was taken over or answered meanwhile stays in it until its time comes.
    private readonly Queue<(OrderPlace<T> Place, DateTimeOffset LeftAt)> _queue = new();
    private int _count;

    /// <summary>Nobody waits for an order's answer.</summary>
    /// <param name="order">The order.</param>
    /// <param name="lostAt">When its answer was lost.</param>
    public void Add(Order<T> order, DateTimeOffset lostAt)
    {
        _count += order.LeftAt is null ? 1 : 0;
        (order.LeftAt, order.LostAt) = (lostAt, lostAt);
        if (order.Place.QueuedAt != lostAt)
        {
            order.Place.QueuedAt = lostAt;
            _queue.Enqueue((order.Place, lostAt));
            if (_queue.Count > 2 * most)
            {
                Shorten();
            }
        }
    }

    /// <summary>Somebody waits for an order's answer, or it is out of the table.</summary>
    public void Take(Order<T> order)
    {
        _count -= order.LeftAt is null ? 0 : 1;
        order.LeftAt = null;
    }

    /// <summary>The oldest order that is kept no longer.</summary>
    /// <param name="since">What was left before that is too old.</param>
    /// <returns>Null when all others may stay. An order that is returned is to be taken.</returns>
    public Order<T>? Next(DateTimeOffset since)
    {
        while (_queue.TryPeek(out var oldest) && (oldest.LeftAt < since || _count > most))
        {
            _queue.Dequeue();
            Forget(oldest);
            if (oldest.Place.Order is { } order && order.LeftAt == oldest.LeftAt)
            {
                return order;
            }
        }

        return null;
    }

    /// <summary>What was taken over takes no room of the others.</summary>
    private void Shorten()
    {
        HashSet<OrderPlace<T>> seen = [];
        for (var i = _queue.Count; i > 0; i--)
        {
            var left = _queue.Dequeue();
            if (left.Place.Order?.LeftAt != left.LeftAt)
            {
                Forget(left);
            }
            else if (seen.Add(left.Place))
            {
                _queue.Enqueue(left);
            }
        }
    }

    private static void Forget((OrderPlace<T> Place, DateTimeOffset LeftAt) left)
    {
        if (left.Place.QueuedAt == left.LeftAt)
        {
            left.Place.QueuedAt = null;
        }
    }
}
