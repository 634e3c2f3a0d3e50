using System.Collections.Concurrent;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;

namespace Framegate.Bench.Servers;

/// <summary>Keeps generations in memory; the difference to the real store is what durability costs.</summary>
internal sealed class MemoryStore : IGenerationStore, IMediaCatalogue
{
    private readonly ConcurrentDictionary<string, GenerationState> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredMedia> _media = new(StringComparer.Ordinal);

    public ValueTask<InsertOutcome> InsertAsync(GenerationChange first, StoredRequest request, CancellationToken cancellationToken) =>
        new(_states.TryAdd(first.State.Id, first.State) ? InsertOutcome.Stored : InsertOutcome.IdTaken);

    public ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
    {
        _states[change.State.Id] = change.State;
        foreach (var media in change.Media)
        {
            _media[media.Id] = media;
        }

        return new(SaveOutcome.Saved);
    }

    public ValueTask<GenerationState?> FindAsync(string id, CancellationToken cancellationToken) => new(_states.GetValueOrDefault(id));

    public ValueTask<KnownRequest?> FindKeyAsync(string client, string key, CancellationToken cancellationToken) => new((KnownRequest?)null);

    public ValueTask<byte[]?> FindFingerprintAsync(string id, CancellationToken cancellationToken) => new((byte[]?)null);

    public ValueTask<IReadOnlyList<string>> FindRepeatsAsync(string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>> FindUnansweredAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        new([]);

    public ValueTask MarkAnsweredAsync(IReadOnlyList<string> ids, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken cancellationToken) => default;

    public ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken) =>
        new([.. _states.Values.Where(s => s.Client == filter.Client).Take(filter.Limit)]);

    public ValueTask<IReadOnlyList<ClaimedGeneration>> ClaimAsync(
        string owner, TimeSpan lease, int limit, CancellationToken cancellationToken) => new([]);

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellationToken) => default;

    public ValueTask<bool> TryTakeJobAsync(string id, string provider, string nativeId, CancellationToken cancellationToken) => new(true);

    public ValueTask RequestCancelAsync(string id, CancellationToken cancellationToken) => default;

    public ValueTask HideAsync(string id, CancellationToken cancellationToken) => default;

    public async IAsyncEnumerable<GenerationState> WatchAsync(
        string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is { } state)
        {
            yield return state;
        }
    }

    public ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => new(0);

    ValueTask<IReadOnlyList<StoredMedia>> IMediaCatalogue.ListAsync(string after, int limit, CancellationToken cancellationToken) =>
        new([.. _media.Values.Where(m => string.CompareOrdinal(m.Id, after) > 0).OrderBy(m => m.Id, StringComparer.Ordinal).Take(limit)]);

    public string StoreId => "memory";

    public ValueTask<string?> FindClientAsync(string id, CancellationToken cancellationToken) => default;

    ValueTask<StoredMedia?> IMediaCatalogue.FindAsync(string id, CancellationToken cancellationToken) => new(_media.GetValueOrDefault(id));

    public ValueTask AddAsync(string generation, StoredMedia media, CancellationToken cancellationToken)
    {
        _media[media.Id] = media;
        return default;
    }

    public ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => new([]);

    public ValueTask RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) => default;
}
