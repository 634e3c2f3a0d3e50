using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A store in front of another; what is to be different is overridden.</summary>
internal abstract class StoreDecorator(IGenerationStore inner) : IGenerationStore
{
    public virtual ValueTask SaveAsync(
        GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken) =>
        inner.SaveAsync(state, finished, callBack, cancellationToken);

    public ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken) =>
        inner.InsertAsync(state, request, cancellationToken);

    public GenerationState? Find(string id) => inner.Find(id);

    public GenerationState? FindByNumber(long number) => inner.FindByNumber(number);

    public ValueTask AddMediaAsync(string generation, StoredMedia media, CancellationToken cancellationToken) => inner.AddMediaAsync(generation, media, cancellationToken);

    public (string Id, byte[] Fingerprint)? FindKey(string client, string key) => inner.FindKey(client, key);

    public byte[]? FingerprintOf(string id) => inner.FingerprintOf(id);

    public ValueTask<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter) => inner.ListAsync(filter);

    public ValueTask<long?> FindNumberAsync(string id, string client) => inner.FindNumberAsync(id, client);

    public IEnumerable<(GenerationState State, byte[]? Body)> Open() => inner.Open();

    public bool IsClaimed(string provider, string nativeId) => inner.IsClaimed(provider, nativeId);

    public StoredMedia? FindMedia(string id) => inner.FindMedia(id);

    public ValueTask<IReadOnlyList<string>> ForgetAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.ForgetAsync(before, now, cancellationToken);
}
