using System.Collections.Concurrent;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Keeps generations in memory, and fails when a test says so.</summary>
internal sealed class MemoryStore : IGenerationStore, ICancellationRequests
{
    private readonly ConcurrentDictionary<string, GenerationState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredMedia> _media = new(StringComparer.Ordinal);
    private int _writes;

    /// <summary>How many of the next writes fail.</summary>
    public int Failures { get; set; }

    public int Writes => _writes;

    public GenerationState? Stored(string id) => _states.GetValueOrDefault(id);

    public void Reset()
    {
        _states.Clear();
        (Failures, _writes) = (0, 0);
    }

    public ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken)
    {
        Write();
        return new(_states.TryAdd(state.Id, state) ? InsertOutcome.Stored : InsertOutcome.IdTaken);
    }

    public ValueTask SaveAsync(GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken)
    {
        Write();
        _states[state.Id] = state;
        foreach (var media in finished)
        {
            _media[media.Id] = media;
        }

        return default;
    }

    public GenerationState? Find(string id) => _states.GetValueOrDefault(id);

    public GenerationState? FindByNumber(long number) => null;

    public (string Id, byte[] Fingerprint)? FindKey(string client, string key) => null;

    public byte[]? FingerprintOf(string id) => null;

    public ValueTask<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter) => new([.. _states.Values]);

    public ValueTask<long?> FindNumberAsync(string id, string client) => new((long?)null);

    public IEnumerable<(GenerationState State, byte[]? Body)> Open() => [];

    public bool IsClaimed(string provider, string nativeId) => _states.Values.Any(s => s.JobLocation?.Cluster == provider && s.Job?.NativeId == nativeId);

    public ValueTask<IReadOnlyList<string>> ForgetAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) => new([]);

    public StoredMedia? FindMedia(string id) => _media.GetValueOrDefault(id);

    public ValueTask AddMediaAsync(string generation, StoredMedia media, CancellationToken cancellationToken) => default;

    public ValueTask AddAsync(string generation, CancellationToken cancellationToken) => default;

    IReadOnlySet<string> ICancellationRequests.Open() => new HashSet<string>();

    private void Write()
    {
        if (Failures > 0)
        {
            Failures--;
            throw new IOException("The disk is full.");
        }

        Interlocked.Increment(ref _writes);
    }
}
