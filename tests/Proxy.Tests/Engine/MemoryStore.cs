using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Keeps generations in memory, and fails when a test says so.</summary>
internal sealed class MemoryStore : IGenerationStore, IMediaCatalogue
{
    private readonly ConcurrentDictionary<string, GenerationState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Provider, string NativeId), string> _jobs = new();
    private readonly ConcurrentDictionary<string, StoredMedia> _media = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _fingerprints = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _answered = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Client, string Key), KnownRequest> _keys = new();
    private int _writes;

    /// <summary>How many of the next writes fail.</summary>
    public int Failures { get; set; }

    /// <summary>Whether a failure is one that the store has a name for.</summary>
    public bool IsNamed { get; set; } = true;

    /// <summary>How a state cannot be stored; null for those that can.</summary>
    public Func<GenerationState, Exception?> Rejects { get; set; } = static _ => null;

    /// <summary>What becomes of a first change that needs a reservation; null where it is there.</summary>
    public Func<InsertOutcome?> Unreserved { get; set; } = static () => null;

    /// <summary>Comes before each first change, and may throw.</summary>
    public Action Inserting { get; set; } = static () => { };

    /// <summary>What somebody else has stored before a state; null for nothing.</summary>
    public Func<GenerationState, GenerationState?> Overtakes { get; set; } = static _ => null;

    public int Writes => _writes;

    public GenerationState? Stored(string id) => _states.GetValueOrDefault(id);

    public void Reset()
    {
        _states.Clear();
        _jobs.Clear();
        _fingerprints.Clear();
        _answered.Clear();
        _keys.Clear();
        (Failures, _writes, IsNamed) = (0, 0, true);
        Rejects = static _ => null;
        Unreserved = static () => null;
        Inserting = static () => { };
        Overtakes = static _ => null;
    }

    public ValueTask<InsertOutcome> InsertAsync(GenerationChange first, StoredRequest request, CancellationToken cancellationToken)
    {
        Write();
        Inserting();
        if (first.Held is not null && Unreserved() is { } unreserved)
        {
            return new(unreserved);
        }

        if (request.IdempotencyKey is { } key && !_keys.TryAdd((first.State.Client, key), new KnownRequest(first.State.Id, request.Fingerprint)))
        {
            return new(InsertOutcome.KeyTaken);
        }

        _fingerprints[first.State.Id] = request.Fingerprint;
        return new(_states.TryAdd(first.State.Id, first.State) ? InsertOutcome.Stored : InsertOutcome.IdTaken);
    }

    public ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
    {
        Write();
        if (Rejects(change.State) is { } failure)
        {
            throw failure;
        }

        if (Overtakes(change.State) is { } newer)
        {
            _states[newer.Id] = newer;
            return new(SaveOutcome.Stale);
        }

        _states[change.State.Id] = change.State;
        foreach (var media in change.Media)
        {
            _media[media.Id] = media;
        }

        return new(SaveOutcome.Saved);
    }

    public ValueTask<GenerationState?> FindAsync(string id, CancellationToken cancellationToken) => new(_states.GetValueOrDefault(id));

    public ValueTask<KnownRequest?> FindKeyAsync(string client, string key, CancellationToken cancellationToken) => new(_keys.GetValueOrDefault((client, key)));

    public ValueTask<byte[]?> FindFingerprintAsync(string id, CancellationToken cancellationToken) => new(_fingerprints.GetValueOrDefault(id));

    public ValueTask<IReadOnlyList<string>> FindRepeatsAsync(string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>> FindUnansweredAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        new([.. _states.Values.Where(s => s.CreatedAt >= since && !_answered.ContainsKey(s.Id)).OrderByDescending(s => s.CreatedAt).Take(limit)
            .Select(s => (s, _fingerprints.GetValueOrDefault(s.Id) ?? []))]);

    public ValueTask MarkAnsweredAsync(IReadOnlyList<string> ids, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken cancellationToken)
    {
        Write();
        foreach (var id in ids)
        {
            _answered[id] = now;
        }

        return default;
    }

    public ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken) => new([.. _states.Values]);

    public ValueTask<IReadOnlyList<ClaimedGeneration>> ClaimAsync(
        string owner, TimeSpan lease, int limit, CancellationToken cancellationToken) => new([]);

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellationToken) => default;

    public ValueTask<bool> TryTakeJobAsync(string id, string provider, string nativeId, CancellationToken cancellationToken) =>
        new(_jobs.GetOrAdd((provider, nativeId), id) == id);

    public ValueTask RequestCancelAsync(string id, CancellationToken cancellationToken) => default;

    public ValueTask HideAsync(string id, CancellationToken cancellationToken) => default;

    public async IAsyncEnumerable<GenerationState> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is { } state)
        {
            yield return state;
        }
    }

    public ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => new(0);

    ValueTask<IReadOnlyList<StoredMedia>> IMediaCatalogue.ListAsync(string after, int limit, CancellationToken cancellationToken) =>
        new([.. _media.Values.Where(m => string.CompareOrdinal(m.Id, after) > 0).OrderBy(m => m.Id, StringComparer.Ordinal).Take(limit)]);

    ValueTask<StoredMedia?> IMediaCatalogue.FindAsync(string id, CancellationToken cancellationToken) => new(_media.GetValueOrDefault(id));

    public string StoreId => "memory";

    public ValueTask<string?> FindClientAsync(string id, CancellationToken cancellationToken) => default;

    public ValueTask AddAsync(string generation, StoredMedia media, CancellationToken cancellationToken)
    {
        _media.TryAdd(media.Id, media);
        return default;
    }

    public ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => new([]);

    public ValueTask RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => default;

    private void Write()
    {
        if (Failures > 0)
        {
            Failures--;
            throw IsNamed ? new StoreUnavailableException(StoreProblem.Full, new IOException("The disk is full.")) : new InvalidOperationException("Nobody has named this.");
        }

        Interlocked.Increment(ref _writes);
    }
}
