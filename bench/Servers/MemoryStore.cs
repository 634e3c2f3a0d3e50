using System.Collections.Concurrent;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Bench.Servers;

/// <summary>Keeps generations in memory; the difference to the real store is what durability costs.</summary>
internal sealed class MemoryStore : IGenerationStore
{
    private readonly ConcurrentDictionary<string, GenerationState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredMedia> _media = new(StringComparer.Ordinal);

    public ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken) =>
        new(_states.TryAdd(state.Id, state) ? InsertOutcome.Stored : InsertOutcome.IdTaken);

    public ValueTask SaveAsync(GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken)
    {
        _states[state.Id] = state;
        foreach (var media in finished)
        {
            _media[media.Id] = media;
        }

        return default;
    }

    public GenerationState? Find(string id) => _states.GetValueOrDefault(id);

    public GenerationState? FindByNumber(long number) => null;

    public ValueTask AddMediaAsync(string generation, StoredMedia media, CancellationToken cancellationToken)
    {
        _media[media.Id] = media;
        return default;
    }

    public (string Id, byte[] Fingerprint)? FindKey(string client, string key) => null;

    public byte[]? FingerprintOf(string id) => null;

    public ValueTask<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter) =>
        new([.. _states.Values.Where(s => s.Client == filter.Client).Take(filter.Limit)]);

    public ValueTask<long?> FindNumberAsync(string id, string client) => new((long?)null);

    public IEnumerable<(GenerationState State, byte[]? Body)> Open() => [];

    public bool IsClaimed(string provider, string nativeId) => false;

    public StoredMedia? FindMedia(string id) => _media.GetValueOrDefault(id);

    public ValueTask<IReadOnlyList<string>> ForgetAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) => new([]);
}
