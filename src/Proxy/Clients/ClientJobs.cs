using Framegate.Proxy.Common.Redis;

namespace Framegate.Proxy.Clients;

/// <summary>
/// Counts the open generations of clients: in all, and of one model; over all replicas that share a Redis where they are limited. What is not limited counts here too, so that a
/// limit that comes later knows what runs.
/// </summary>
internal sealed class ClientJobs : ISharedHolder
{
    private readonly ClientKeys _clients;
    private readonly SharedLimits _shared;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<Place>> _open = new(StringComparer.OrdinalIgnoreCase);

    public ClientJobs(ClientKeys clients, SharedLimits shared)
    {
        (_clients, _shared) = (clients, shared);
        shared.Add(this);
    }

    /// <summary>Takes a place for another one.</summary>
    /// <param name="client">The client.</param>
    /// <param name="asked">The models or aliases that it counts for, as the client may have named them.</param>
    /// <param name="id">The generation.</param>
    /// <returns>The place, to be given back when the generation is over; or the setting that is used up and its value.</returns>
    public async ValueTask<(ISharedPlace? Place, (string Setting, int Limit)? Full)> TryTakeAsync(string client, string?[] asked, string id)
    {
        var limits = LimitsOf(client, asked);
        Place place;
        lock (_lock)
        {
            if (limits.FirstOrDefault(l => CountOf(l.Key) >= _shared.ShareOf(l.Limit)) is { Key: not null } full)
            {
                return (null, (full.Setting, full.Limit));
            }

            place = Add(client, asked, limits, id);
        }

        if (limits.Count == 0)
        {
            return (place, null);
        }

        var verdict = await _shared.TakeAsync([.. limits.Select(l => new SharedGate(KeyOf(client, l.Key), l.Limit, id))]);
        if (verdict.IsTaken)
        {
            return (place, null);
        }

        lock (_lock)
        {
            if (verdict.IsAway && limits.TrueForAll(l => CountOf(l.Key) <= _shared.ShareOf(l.Limit)))
            {
                return (place, null);
            }

            Remove(place);
        }

        var used = limits[verdict.Full ?? 0];
        return (null, (used.Setting, used.Limit));
    }

    /// <summary>Takes a place for one that is open already, whatever the limits are now.</summary>
    public ISharedPlace Adopt(string client, string?[] asked, string id)
    {
        var limits = LimitsOf(client, asked);
        limits.ForEach(l => _shared.Hold(KeyOf(client, l.Key), id));
        lock (_lock)
        {
            return Add(client, asked, limits, id);
        }
    }

    IEnumerable<HeldPlace> ISharedHolder.Places()
    {
        lock (_lock)
        {
            return [.. _open.Where(o => LimitOf(o.Key) is not null).SelectMany(o => o.Value.Select(p => new HeldPlace(KeyOf(ClientIn(o.Key), o.Key), p.Id)))];
        }
    }

    IEnumerable<HeldPlace> ISharedHolder.Sent() => [];

    void ISharedHolder.RoomMade(string? key)
    {
        // Nobody waits here.
    }

    private List<ClientLimit> LimitsOf(string client, string?[] asked)
    {
        var settings = _clients.SettingsOf(client);
        var limits = new List<ClientLimit>(2);
        if (settings.ConcurrentJobs is { } jobs)
        {
            limits.Add(new(client, nameof(ClientSettings.ConcurrentJobs), jobs));
        }

        if (settings.LimitsOf(asked, out var name)?.ConcurrentJobs is { } ofModel)
        {
            limits.Add(new(client + "\n" + name, $"{nameof(ClientSettings.ModelLimits)}:{name}:{nameof(ClientModelLimits.ConcurrentJobs)}", ofModel));
        }

        return limits;
    }

    /// <summary>The limit of a count as it is now.</summary>
    /// <returns>Null for none.</returns>
    private int? LimitOf(string key)
    {
        var settings = _clients.SettingsOf(ClientIn(key));
        return key.Split('\n') is [_, var model] ? settings.LimitsOf([model], out _)?.ConcurrentJobs : settings.ConcurrentJobs;
    }

    private static string ClientIn(string key) => key.Split('\n')[0];

    /// <summary>The count's name in Redis; those of one client lie together.</summary>
    private static string KeyOf(string client, string key) => $"{{jobs:{client.ToLowerInvariant()}}}:{key.ToLowerInvariant()}";

    private int CountOf(string key) => _open.TryGetValue(key, out var places) ? places.Count : 0;

    /// <remarks>Of the names of a model the limited one counts; where none is, each of them may become it.</remarks>
    private Place Add(string client, string?[] asked, List<ClientLimit> limits, string id)
    {
        var ofModel = limits.Where(l => l.Key != client).Select(l => l.Key).ToList();
        var place = new Place(this, id, client, [client, .. ofModel.Count > 0 ? ofModel : asked.OfType<string>().Distinct(StringComparer.OrdinalIgnoreCase).Select(name => client + "\n" + name)]);
        foreach (var key in place.Keys)
        {
            if (!_open.TryGetValue(key, out var places))
            {
                _open.Add(key, places = []);
            }

            places.Add(place);
        }

        return place;
    }

    private void Remove(Place place)
    {
        foreach (var key in place.Keys)
        {
            if (_open.TryGetValue(key, out var places) && places.Remove(place) && places.Count == 0)
            {
                _open.Remove(key);
            }
        }
    }

    private void Leave(Place place, bool isAbandoned)
    {
        List<(string Key, int Limit)> free = [];
        lock (_lock)
        {
            Remove(place);
            if (isAbandoned)
            {
                _shared.Abandoned(place.Id);
                return;
            }

            foreach (var key in _shared.IsInForce ? place.Keys : [])
            {
                if (LimitOf(key) is { } limit && !(_open.TryGetValue(key, out var others) && others.Any(o => o.Id == place.Id)))
                {
                    free.Add((key, limit));
                }
            }
        }

        free.ForEach(f => _shared.Release(KeyOf(place.Client, f.Key), place.Id, f.Limit));
    }

    private readonly record struct ClientLimit(string Key, string Setting, int Limit);

    private sealed class Place(ClientJobs jobs, string id, string client, string[] keys) : ISharedPlace
    {
        private int _left;

        public string Id => id;

        public string Client => client;

        public string[] Keys => keys;

        public void Dispose() => Return(isAbandoned: false);

        public void Abandon() => Return(isAbandoned: true);

        private void Return(bool isAbandoned)
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                jobs.Leave(this, isAbandoned);
            }
        }
    }
}
