namespace Framegate.Proxy.Common;

/// <summary>
/// Places for calls on their way, with a total, so many for each target (a provider, a host), and so many for each client. What hangs at one target, or is
/// asked for by one client, leaves places to the others: neither ever has more than three quarters of what it shares. Who waits is let in by turns between
/// targets and clients, and in order within them. Holds no more entries than there are calls on their way and waiting.
/// </summary>
/// <param name="total">Places in all.</param>
/// <param name="perTarget">Places at one target.</param>
internal sealed class Bulkhead(int total, int perTarget)
{
    private readonly int _perTarget = Math.Min(perTarget, ShareOf(total));
    private readonly int _perClient = ShareOf(total);
    private readonly int _perClientAtTarget = ShareOf(Math.Min(perTarget, ShareOf(total)));
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _targets = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<Key, Lane> _lanes = new(new KeyComparer());

    // Those that somebody waits in; the one that was let in last is at the end.
    private readonly LinkedList<Lane> _waiting = new();
    private int _all;

    /// <summary>Takes a place when there is one.</summary>
    /// <returns>To be disposed when the call is over; null when there is none.</returns>
    public Place? TryEnter(string target, string client)
    {
        lock (_lock)
        {
            var lane = LaneOf(new Key(target, client));
            if (lane.Waiters.Count == 0 && HasRoom(lane))
            {
                Take(lane);
                return new Place(this, lane);
            }

            Forget(lane);
            return null;
        }
    }

    /// <summary>Takes a place, and waits for it.</summary>
    /// <returns>To be disposed when the call is over.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async ValueTask<Place> EnterAsync(string target, string client, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new TaskCompletionSource<Place>(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<TaskCompletionSource<Place>> node;
        Lane lane;
        lock (_lock)
        {
            lane = LaneOf(new Key(target, client));
            if (lane.Waiters.Count == 0 && HasRoom(lane))
            {
                Take(lane);
                return new Place(this, lane);
            }

            node = lane.Waiters.AddLast(waiter);
            if (lane.Node.List is null)
            {
                _waiting.AddLast(lane.Node);
            }
        }

        await using var registration = cancellationToken.Register(() => GiveUp(lane, node, cancellationToken));
        return await waiter.Task;
    }

    // At least a quarter is left, wherever there is more than one.
    private static int ShareOf(int places) => Math.Max(places * 3 / 4, 1);

    private void Leave(Lane lane)
    {
        lock (_lock)
        {
            _all--;
            lane.Busy--;
            Decrement(_targets, lane.Key.Target);
            Decrement(_clients, lane.Key.Client);
            Forget(lane);
            LetIn();
        }
    }

    private void GiveUp(Lane lane, LinkedListNode<TaskCompletionSource<Place>> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                return;
            }

            lane.Waiters.Remove(node);
            EndWait(lane);
            Forget(lane);
        }

        node.Value.TrySetCanceled(cancellationToken);
    }

    /// <summary>Lets in who can be: one that leaves may have stood in the way of one at its target and of one of its client.</summary>
    private void LetIn()
    {
        for (var node = _waiting.First; node is not null && _all < total;)
        {
            var lane = node.Value;
            if (!HasRoom(lane))
            {
                node = node.Next;
                continue;
            }

            var waiter = lane.Waiters.First!.Value;
            lane.Waiters.RemoveFirst();
            Take(lane);
            _waiting.Remove(node);
            if (lane.Waiters.Count > 0)
            {
                _waiting.AddLast(node);
            }

            waiter.TrySetResult(new Place(this, lane));
            node = _waiting.First;
        }
    }

    private bool HasRoom(Lane lane) =>
        _all < total
        && lane.Busy < _perClientAtTarget
        && _targets.GetValueOrDefault(lane.Key.Target) < _perTarget
        && _clients.GetValueOrDefault(lane.Key.Client) < _perClient;

    private void Take(Lane lane)
    {
        _all++;
        lane.Busy++;
        _targets[lane.Key.Target] = _targets.GetValueOrDefault(lane.Key.Target) + 1;
        _clients[lane.Key.Client] = _clients.GetValueOrDefault(lane.Key.Client) + 1;
    }

    private Lane LaneOf(Key key)
    {
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes[key] = lane = new Lane(key);
        }

        return lane;
    }

    private void EndWait(Lane lane)
    {
        if (lane.Waiters.Count == 0 && lane.Node.List is not null)
        {
            _waiting.Remove(lane.Node);
        }
    }

    private void Forget(Lane lane)
    {
        if (lane.Busy == 0 && lane.Waiters.Count == 0)
        {
            _lanes.Remove(lane.Key);
        }
    }

    private static void Decrement(Dictionary<string, int> counts, string key)
    {
        if (--counts[key] is var left && left > 0)
        {
            counts[key] = left;
        }
        else
        {
            counts.Remove(key);
        }
    }

    /// <summary>A place that was taken.</summary>
    internal sealed class Place(Bulkhead bulkhead, object lane) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                bulkhead.Leave((Lane)lane);
            }
        }
    }

    private readonly record struct Key(string Target, string Client);

    /// <summary>Targets are names of clusters and hosts: their case means nothing.</summary>
    private sealed class KeyComparer : IEqualityComparer<Key>
    {
        public bool Equals(Key x, Key y) => x.Client == y.Client && StringComparer.OrdinalIgnoreCase.Equals(x.Target, y.Target);

        public int GetHashCode(Key key) => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(key.Target), key.Client);
    }

    /// <summary>One client at one target.</summary>
    private sealed class Lane
    {
        public Lane(Key key)
        {
            Key = key;
            Node = new LinkedListNode<Lane>(this);
        }

        public Key Key { get; }

        public LinkedListNode<Lane> Node { get; }

        public LinkedList<TaskCompletionSource<Place>> Waiters { get; } = new();

        public int Busy { get; set; }
    }
}
