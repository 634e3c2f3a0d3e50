using Framegate.Plugins.Contract;
using Framegate.Proxy.Generations;
using Framegate.Proxy.Media;
using Framegate.Proxy.Storage;

namespace Framegate.Bench.Servers;

/// <summary>Leaves out one commit of each generation: that its submit is about to be sent. Unsafe, and only good to measure that commit.</summary>
internal sealed class NoAttemptStore(IGenerationStore inner) : IGenerationStore
{
    public ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken) =>
        inner.InsertAsync(state, request, cancellationToken);

    public ValueTask SaveAsync(GenerationState state, IReadOnlyList<StoredMedia> finished, CancellationToken cancellationToken) =>
        state.Phase == GenerationPhase.Submitting ? default : inner.SaveAsync(state, finished, cancellationToken);

    public GenerationState? Find(string id) => inner.Find(id);

    public (string Id, byte[] Fingerprint)? FindKey(string client, string key) => inner.FindKey(client, key);

    public byte[]? FingerprintOf(string id) => inner.FingerprintOf(id);

    public IReadOnlyList<GenerationState> List(GenerationFilter filter) => inner.List(filter);

    public IEnumerable<(GenerationState State, byte[]? Body)> Open() => inner.Open();

    public bool IsClaimed(string provider, string nativeId) => inner.IsClaimed(provider, nativeId);

    public StoredMedia? FindMedia(string id) => inner.FindMedia(id);

    public ValueTask<IReadOnlyList<string>> ForgetAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.ForgetAsync(before, now, cancellationToken);
}
