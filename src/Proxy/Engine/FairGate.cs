namespace Framegate.Proxy.Engine;

/// <summary>
/// A bounded number of places that providers and clients share. Whoever takes many leaves room: a provider gets another place while it holds fewer than are
/// free, a client while it holds fewer than three times as many as are free. So the first to hang holds half of the places, the next a quarter, and nobody
/// holds the last. Who has to wait is served by turns between the lines of provider and client.
/// </summary>
/// <remarks>The thresholds follow Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998.</remarks>
/// <param name="places">How many there are.</param>
internal sealed class FairGate(int places)
{
    private const int ClientShare = 3;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _byProvider = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _byClient = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Provider, string Client), Line> _lines = [];
    private readonly LinkedList<Line> _turns = new();
    private int _used;

    /// <summary>How many places are taken.</summary>
    public int Used
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    /// <summary>Takes a place if there is one at once.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryEnter(string provider, string client, out Place place)
    {
        lock (_lock)
        {
            place = default;
            if (_lines.ContainsKey((provider, client)) || !HasRoom(provider, client))
            {
                return false;
            }

            place = Take(provider, client);
            return true;
        }
    }

    /// <summary>Waits for a place.</summary>
    public ValueTask<Place> EnterAsync(string provider, string client, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        lock (_lock)
        {
            if (!_lines.TryGetValue((provider, client), out var line))
            {
                if (HasRoom(provider, client))
                {
                    return new(Take(provider, client));
                }

                line = new Line(provider, client);
                _lines.Add((provider, client), line);
                _turns.AddLast(line.Node);
            }

            waiter = new Waiter();
            line.Waiting.Enqueue(waiter);
        }

        return WaitAsync(waiter, cancellationToken);
    }

    private static async ValueTask<Place> WaitAsync(Waiter waiter, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(() => waiter.Come.TrySetCanceled(cancellationToken));
        return await waiter.Come.Task;
    }

    private bool HasRoom(string provider, string client)
    {
        var free = places - _used;
        return free > 0
            && _byProvider.GetValueOrDefault(provider) is var ofProvider && (ofProvider == 0 || ofProvider < free)
            && _byClient.GetValueOrDefault(client) is var ofClient && (ofClient == 0 || ofClient < ClientShare * free);
    }

    private Place Take(string provider, string client)
    {
        _used++;
        _byProvider[provider] = _byProvider.GetValueOrDefault(provider) + 1;
        _byClient[client] = _byClient.GetValueOrDefault(client) + 1;
        return new Place(this, provider, client);
    }

    private void Leave(string provider, string client)
    {
        lock (_lock)
        {
            GiveBack(provider, client);
            LetIn();
        }
    }

    private void GiveBack(string provider, string client)
    {
        _used--;
        Lower(_byProvider, provider);
        Lower(_byClient, client);
    }

    private static void Lower(Dictionary<string, int> counts, string key)
    {
        if (--counts[key] == 0)
        {
            counts.Remove(key);
        }
    }

    /// <summary>Lets in whoever may: one of each line in turn, until nobody can.</summary>
    private void LetIn()
    {
        for (var (node, refused) = (_turns.First, 0); node is not null && refused < _turns.Count; node = _turns.First)
        {
            var line = node.Value;
            _turns.RemoveFirst();
            if (line.HasNext() && !HasRoom(line.Provider, line.Client))
            {
                refused++;
                _turns.AddLast(node);
                continue;
            }

            if (line.Waiting.TryDequeue(out var waiter))
            {
                refused = 0;
                var place = Take(line.Provider, line.Client);
                if (!waiter.Come.TrySetResult(place))
                {
                    GiveBack(line.Provider, line.Client);
                }
            }

            if (line.HasNext())
            {
                _turns.AddLast(node);
            }
            else
            {
                _lines.Remove((line.Provider, line.Client));
            }
        }
    }

    /// <summary>A place; it is given back once.</summary>
    internal readonly struct Place(FairGate gate, string provider, string client) : IDisposable
    {
        public void Dispose() => gate?.Leave(provider, client);
    }

    private sealed class Waiter
    {
        public TaskCompletionSource<Place> Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Line
    {
        public Line(string provider, string client)
        {
            (Provider, Client) = (provider, client);
            Node = new LinkedListNode<Line>(this);
        }

        public string Provider { get; }

        public string Client { get; }

        public Queue<Waiter> Waiting { get; } = new();

        public LinkedListNode<Line> Node { get; }

        /// <summary>Whether somebody waits still; those who have gone are taken out.</summary>
        public bool HasNext()
        {
            while (Waiting.TryPeek(out var first))
            {
                if (!first.Come.Task.IsCompleted)
                {
                    return true;
                }

                Waiting.Dequeue();
            }

            return false;
        }
    }
}
