using System.Runtime.InteropServices;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>
/// The places at a provider that each client has, and keeps for <see cref="KeptFor"/> after a job has ended: a client that orders one job after the other does not queue behind
/// another one's many. What is kept is an equal share of all places at most, and never the last one of a client that has none. Not thread-safe.
/// </summary>
internal sealed class KeptPlaces(TimeProvider time)
{
    /// <summary>How long a place stays free for the client that has used it.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Use> _clients = new(StringComparer.Ordinal);

    /// <summary>A client has taken a place.</summary>
    public void Take(string client)
    {
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(_clients, client, out _);
        use.Running++;
        if (use.Running >= use.Most)
        {
            (use.Most, use.At) = (use.Running, time.GetTimestamp());
        }
    }

    /// <summary>A client has left a place.</summary>
    public void Leave(string client)
    {
        ref var use = ref CollectionsMarshal.GetValueRefOrNullRef(_clients, client);
        if (use.Running == use.Most)
        {
            use.At = time.GetTimestamp();
        }

        use.Running--;
    }

    /// <summary>Whether a client may take one of the places that are free.</summary>
    /// <param name="client">The client.</param>
    /// <param name="free">How many are free.</param>
    /// <param name="all">How many there are.</param>
    public bool MayTake(string client, int free, int all)
    {
        Forget();
        var share = all / Math.Max(1, _clients.Count + (_clients.ContainsKey(client) ? 0 : 1));
        return free > _clients.Where(c => c.Key != client).Sum(c => Math.Max(0, Math.Min(c.Value.Most, share) - c.Value.Running));
    }

    /// <summary>When the next place is kept no longer; null when none is.</summary>
    public TimeSpan? UntilNext()
    {
        Forget();
        TimeSpan? least = null;
        foreach (var use in _clients.Values.Where(u => u.Most > u.Running))
        {
            // Never below zero, though the clock goes on between two looks.
            var left = KeptFor - time.GetElapsedTime(use.At) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
            least = least < left ? least : left;
        }

        return least;
    }

    private void Forget()
    {
        foreach (var client in _clients.Keys)
        {
            ref var use = ref CollectionsMarshal.GetValueRefOrNullRef(_clients, client);
            if (use.Most > use.Running && time.GetElapsedTime(use.At) >= KeptFor)
            {
                (use.Most, use.At) = (use.Running, time.GetTimestamp());
            }

            if (use is { Running: 0, Most: 0 })
            {
                _clients.Remove(client);
            }
        }
    }

    /// <summary>What a client has: now, and lately at most, and until when it had that.</summary>
    private record struct Use(int Running, int Most, long At);
}
