using Framegate.Proxy.Common.Redis;

namespace Framegate.Proxy.Clients;

/// <summary>Counts the open generations of clients that have a limit for them: in all, and of one model; over all replicas that share a Redis.</summary>
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
    /// <returns>The place, to be given back when the generation is over (null where nothing is limited); or the setting that is used up and its value.</returns>
    public async ValueTask<(ISharedPlace? Place, (string Setting, int Limit)? Full)> TryTakeAsync(string client, string?[] asked, string id)
    {
        if (LimitsOf(client, asked) is not { Count: > 0 } limits)
        {
            return default;
        }

        Place place;
        lock (_lock)
        {
            if (limits.FirstOrDefault(l => CountOf(l.Key) >= _shared.ShareOf(l.Limit)) is { Key: not null } full)
            {
                return (null, (full.Setting, full.Limit));
            }

            place = Add(limits, id);
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
    /// <returns>Null where nothing is limited.</returns>
    public ISharedPlace? Adopt(string client, string?[] asked, string id)
    {
        if (LimitsOf(client, asked) is not { Count: > 0 } limits)
        {
            return null;
        }

        limits.ForEach(l => _shared.Hold(KeyOf(client, l.Key), id));
        lock (_lock)
        {
            return Add(limits, id);
        }
    }

    IEnumerable<HeldPlace> ISharedHolder.Places()
    {
        lock (_lock)
        {
            return [.. _open.SelectMany(o => o.Value.Select(p => new HeldPlace(KeyOf(p.Limits[0].Key, o.Key), p.Id)))];
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

    /// <summary>The count's name in Redis; those of one client lie together.</summary>
    private static string KeyOf(string client, string key) => $"{{jobs:{client.Split('\n')[0].ToLowerInvariant()}}}:{key.ToLowerInvariant()}";

    private int CountOf(string key) => _open.TryGetValue(key, out var places) ? places.Count : 0;

    private Place Add(List<ClientLimit> limits, string id)
    {
        var place = new Place(this, id, limits);
        foreach (var limit in limits)
        {
            if (!_open.TryGetValue(limit.Key, out var places))
            {
                _open.Add(limit.Key, places = []);
            }

            places.Add(place);
        }

        return place;
    }

    private void Remove(Place place)
    {
        foreach (var limit in place.Limits)
        {
            if (_open.TryGetValue(limit.Key, out var places) && places.Remove(place) && places.Count == 0)
            {
                _open.Remove(limit.Key);
            }
        }
    }

    private void Leave(Place place, bool isAbandoned)
    {
        bool isLast;
        lock (_lock)
        {
            Remove(place);
            if (isAbandoned)
            {
                _shared.Abandoned(place.Id);
                return;
            }

            isLast = !_open.TryGetValue(place.Limits[0].Key, out var others) || !others.Any(o => o.Id == place.Id);
        }

        if (isLast)
        {
            place.Limits.ForEach(l => _shared.Release(KeyOf(place.Limits[0].Key, l.Key), place.Id, l.Limit));
        }
    }

    private readonly record struct ClientLimit(string Key, string Setting, int Limit);

    private sealed class Place(ClientJobs jobs, string id, List<ClientLimit> limits) : ISharedPlace
    {
        private int _left;

        public string Id => id;

        public List<ClientLimit> Limits => limits;

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
