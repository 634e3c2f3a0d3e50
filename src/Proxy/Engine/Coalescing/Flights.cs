using System.Collections.Concurrent;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Coalescing;

/// <summary>The jobs that identical requests may join, by cache key.</summary>
internal sealed class Flights
{
    private readonly ConcurrentDictionary<string, Flight> _byKey = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Flight> _byLeader = new(StringComparer.Ordinal);

    /// <summary>The job that a request with this key can join.</summary>
    public Flight? Find(string key) => _byKey.TryGetValue(key, out var flight) && flight.Leader.State is { CancelRequested: false, Phase: not GenerationPhase.Unknown }
        ? flight
        : null;

    /// <summary>The job that a generation drives.</summary>
    public Flight? Of(string leader) => _byLeader.GetValueOrDefault(leader);

    /// <summary>A generation begins to drive its job.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="exclusive">True: only when there is no other with its key that could be joined.</param>
    /// <returns>False when there is one.</returns>
    public bool TryLead(Generation generation, bool exclusive)
    {
        var flight = new Flight(generation);
        var key = generation.State.Ticket!.Key;
        while (!_byKey.TryAdd(key, flight))
        {
            if (!exclusive)
            {
                break;
            }

            if (Find(key) is not null)
            {
                return false;
            }

            // One that is being cancelled: it goes on by itself, and nobody joins it any longer.
            if (_byKey.TryGetValue(key, out var old) && Find(key) is null)
            {
                _byKey.TryRemove(new KeyValuePair<string, Flight>(key, old));
            }
        }

        generation.Flight = flight;
        _byLeader[generation.State.Id] = flight;
        return true;
    }

    /// <summary>A job that cannot be joined: it goes on by itself.</summary>
    public void Drop(Flight flight) => _byKey.TryRemove(new KeyValuePair<string, Flight>(flight.Leader.State.Ticket!.Key, flight));

    /// <summary>The job is over.</summary>
    public void End(Generation generation)
    {
        if (generation.Flight is { } flight && flight.Leader == generation)
        {
            if (generation.State.Ticket is { } ticket)
            {
                _byKey.TryRemove(new KeyValuePair<string, Flight>(ticket.Key, flight));
            }

            _byLeader.TryRemove(new KeyValuePair<string, Flight>(generation.State.Id, flight));
        }
    }
}
