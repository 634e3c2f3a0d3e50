using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>What this replica has sent within a minute, and what runs of it. Not thread-safe.</summary>
/// <param name="key">Begins the names of the counts that all replicas add to.</param>
/// <param name="shared">The counts of all replicas.</param>
/// <param name="time">The clock.</param>
internal sealed class LimitCount(string key, SharedLimits shared, TimeProvider time)
{
    /// <summary>How long a submit counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // How often a full count is asked again whose places are given back without notice: by a replica that has died, or where the notice was lost.
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);
    private readonly LinkedList<CountedSubmit> _sent = new();
    private readonly HashSet<CountedSubmit> _running = [];
    private (long From, TimeSpan For, bool OfJobs)? _full;

    /// <summary>How many jobs run.</summary>
    public int Running => _running.Count;

    /// <summary>How many were sent.</summary>
    public int Sent => _sent.Count;

    /// <summary>The count of jobs at once.</summary>
    public string JobsKey { get; } = $"{{{key}}}:jobs";

    /// <summary>The count of submits.</summary>
    public string SentKey { get; } = $"{{{key}}}:sent";

    /// <summary>Whether another one may be sent, as far as it is known here.</summary>
    public bool IsOpen(ProviderLimits limits)
    {
        Forget();
        return FullFor() is null && !(Running >= Share(limits.JobsAtOnce)) && !(Sent >= Share(limits.RequestsPerMinute));
    }

    /// <summary>How many jobs more may run, and how many may in all; null where that is not limited.</summary>
    public (int Free, int All)? FreeOf(ProviderLimits limits) => Share(limits.JobsAtOnce) is { } all ? (all - Running, all) : null;

    /// <summary>Whether what has been counted is within the limits.</summary>
    public bool IsWithin(ProviderLimits limits) => !(Running > Share(limits.JobsAtOnce)) && !(Sent > Share(limits.RequestsPerMinute));

    /// <summary>Counts a submit.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="id">The generation; null for none.</param>
    /// <param name="runs">Whether its job is followed to its end.</param>
    public CountedSubmit Add(ProviderLimits limits, string? id, bool runs)
    {
        var counted = new CountedSubmit(id ?? shared.NewMember(), shared.NewMember(), time.GetTimestamp());
        if (limits.RequestsPerMinute is not null)
        {
            counted.Node = _sent.AddLast(counted);
        }

        if (runs)
        {
            _running.Add(counted);
        }

        return counted;
    }

    /// <summary>Counts a job that runs already.</summary>
    public CountedSubmit Adopt(ProviderLimits limits, string? id)
    {
        var counted = new CountedSubmit(id ?? shared.NewMember(), shared.NewMember(), time.GetTimestamp());
        _running.Add(counted);
        if (limits.JobsAtOnce is not null)
        {
            shared.Hold(JobsKey, counted.Job);
        }

        return counted;
    }

    /// <summary>What all replicas must have room for.</summary>
    public IReadOnlyList<SharedGate> GatesOf(ProviderLimits limits, CountedSubmit counted)
    {
        var gates = new List<SharedGate>(2);
        if (limits.RequestsPerMinute is { } perMinute)
        {
            gates.Add(new(SentKey, perMinute, counted.Submit, Window));
        }

        if (limits.JobsAtOnce is { } jobs)
        {
            gates.Add(new(JobsKey, jobs, _running.Contains(counted) ? counted.Job : null));
        }

        return gates;
    }

    /// <summary>Takes back what was counted and not let in.</summary>
    public void Undo(CountedSubmit counted)
    {
        _running.Remove(counted);
        if (counted.Node is { List: not null } node)
        {
            _sent.Remove(node);
        }
    }

    /// <summary>A job has ended.</summary>
    public void End(ProviderLimits limits, CountedSubmit counted)
    {
        if (!_running.Remove(counted))
        {
            return;
        }

        MakeRoom(JobsKey);
        if (limits.JobsAtOnce is { } jobs && !(shared.IsInForce && _running.Any(r => r.Job == counted.Job)))
        {
            shared.Release(JobsKey, counted.Job, jobs);
        }
    }

    /// <summary>Another replica follows a job now, and counts it under the same name.</summary>
    public void Abandon(CountedSubmit counted)
    {
        if (_running.Remove(counted))
        {
            shared.Abandoned(counted.Job);
            MakeRoom(JobsKey);
        }
    }

    /// <summary>All replicas together have used it up.</summary>
    public void Fill(SharedGate gate, TimeSpan wait)
    {
        var ofJobs = gate.Key == JobsKey;
        _full = (time.GetTimestamp(), ofJobs || wait <= TimeSpan.Zero ? s_look : wait, ofJobs);
    }

    /// <summary>A count that was full may have room.</summary>
    public void MakeRoom(string? of)
    {
        if (of is null || (of == JobsKey && _full is (_, _, true)))
        {
            _full = null;
        }
    }

    /// <summary>How long it is full at least; null when it is not, as far as it is known here.</summary>
    /// <param name="limits">The limits.</param>
    public TimeSpan? UntilRoom(ProviderLimits limits)
    {
        Forget();
        return FullFor() ?? (_sent.First is { Value: var oldest } && Sent >= Share(limits.RequestsPerMinute) ? Rest(oldest) : null);
    }

    /// <summary>How long somebody waits for a place at least, as far as the limit by the minute goes.</summary>
    /// <param name="limits">The limits.</param>
    /// <param name="ahead">How many go before.</param>
    public TimeSpan WaitOf(ProviderLimits limits, int ahead)
    {
        if (Share(limits.RequestsPerMinute) is not { } perMinute)
        {
            return TimeSpan.Zero;
        }

        var full = _full is { OfJobs: false } ? FullFor() ?? TimeSpan.Zero : TimeSpan.Zero;
        if (Sent + ahead < perMinute)
        {
            return full;
        }

        // The place is taken over from one that was sent a minute before; with more waiting than fit into a minute, some minutes later.
        var place = Sent + ahead - perMinute;
        var index = Math.Min(place % perMinute, Math.Max(Sent - 1, 0));
        var wait = (Sent == 0 ? Window : Rest(_sent.ElementAt(index))) + (Window * (place / perMinute));
        return wait > full ? wait : full;
    }

    /// <summary>What is held here.</summary>
    public IReadOnlyList<HeldPlace> Places() => [.. _running.Select(r => new HeldPlace(JobsKey, r.Job))];

    /// <summary>What was sent here.</summary>
    public IReadOnlyList<HeldPlace> Submits()
    {
        Forget();
        return [.. _sent.Select(s => new HeldPlace(SentKey, s.Submit, Rest(s)))];
    }

    private TimeSpan? FullFor() => _full is var (from, wait, _) && wait - time.GetElapsedTime(from) is var left && left > TimeSpan.Zero ? left : null;

    private TimeSpan Rest(CountedSubmit sent) => Window - time.GetElapsedTime(sent.At) is var rest && rest > TimeSpan.Zero ? rest : TimeSpan.Zero;

    private int? Share(int? limit) => limit is { } all ? shared.ShareOf(all) : null;

    private void Forget()
    {
        while (_sent.First is { Value: var oldest } && time.GetElapsedTime(oldest.At) >= Window)
        {
            _sent.RemoveFirst();
        }
    }
}

/// <summary>A submit that was let in.</summary>
/// <param name="job">Its job's name in the count of jobs.</param>
/// <param name="submit">Its own name in the count of submits.</param>
/// <param name="at">When.</param>
internal sealed class CountedSubmit(string job, string submit, long at)
{
    /// <inheritdoc cref="CountedSubmit(string, string, long)"/>
    public string Job { get; } = job;

    /// <inheritdoc cref="CountedSubmit(string, string, long)"/>
    public string Submit { get; } = submit;

    /// <inheritdoc cref="CountedSubmit(string, string, long)"/>
    public long At { get; } = at;

    /// <summary>Where it stands among those of the last minute; null where that is not limited.</summary>
    public LinkedListNode<CountedSubmit>? Node { get; set; }
}
