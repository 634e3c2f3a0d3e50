namespace Framegate.Proxy.Clients;

/// <summary>Counts the open generations of clients that have a limit for them: in all, and of one model.</summary>
internal sealed class ClientJobs(ClientKeys clients)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes a place for another one.</summary>
    /// <param name="client">The client.</param>
    /// <param name="asked">The models or aliases that it counts for, as the client may have named them.</param>
    /// <param name="force">True for one that is open already, whatever the limits are now.</param>
    /// <param name="place">The place, to be given back when the generation is over; null where nothing is limited.</param>
    /// <returns>The setting that is used up and its value; null when the place is taken.</returns>
    public (string Setting, int Limit)? TryTake(string client, ReadOnlySpan<string?> asked, bool force, out IDisposable? place)
    {
        place = null;
        var settings = clients.SettingsOf(client);
        if (settings is { ConcurrentJobs: null, ModelLimits: null })
        {
            return null;
        }

        var model = settings.LimitsOf(asked, out var name);
        var modelKey = model?.ConcurrentJobs is null ? null : client + "\n" + name;
        lock (_lock)
        {
            if (!force && settings.ConcurrentJobs is { } jobs && _open.GetValueOrDefault(client) >= jobs)
            {
                return (nameof(ClientSettings.ConcurrentJobs), jobs);
            }

            if (!force && modelKey is not null && _open.GetValueOrDefault(modelKey) >= model!.ConcurrentJobs)
            {
                return ($"{nameof(ClientSettings.ModelLimits)}:{name}:{nameof(ClientSettings.ConcurrentJobs)}", model.ConcurrentJobs!.Value);
            }

            _open[client] = _open.GetValueOrDefault(client) + 1;
            if (modelKey is not null)
            {
                _open[modelKey] = _open.GetValueOrDefault(modelKey) + 1;
            }
        }

        place = new Place(this, client, modelKey);
        return null;
    }

    private void Leave(string key)
    {
        lock (_lock)
        {
            if (_open.GetValueOrDefault(key) <= 1)
            {
                _open.Remove(key);
            }
            else
            {
                _open[key]--;
            }
        }
    }

    private sealed class Place(ClientJobs jobs, string client, string? model) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0)
            {
                return;
            }

            jobs.Leave(client);
            if (model is not null)
            {
                jobs.Leave(model);
            }
        }
    }
}
