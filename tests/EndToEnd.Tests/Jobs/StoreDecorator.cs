using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>A store in front of another; what is to be different is overridden.</summary>
internal abstract class StoreDecorator(IGenerationStore inner) : IGenerationStore
{
    public virtual ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken) => inner.SaveAsync(change, cancellationToken);

    public virtual ValueTask<InsertOutcome> InsertAsync(GenerationChange first, StoredRequest request, CancellationToken cancellationToken) =>
        inner.InsertAsync(first, request, cancellationToken);

    public ValueTask<GenerationState?> FindAsync(string id, CancellationToken cancellationToken) => inner.FindAsync(id, cancellationToken);

    public ValueTask<KnownRequest?> FindKeyAsync(string client, string key, CancellationToken cancellationToken) => inner.FindKeyAsync(client, key, cancellationToken);

    public ValueTask<byte[]?> FindFingerprintAsync(string id, CancellationToken cancellationToken) => inner.FindFingerprintAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindRepeatsAsync(string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken) =>
        inner.FindRepeatsAsync(client, fingerprint, since, cancellationToken);

    public ValueTask<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>> FindUnansweredAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        inner.FindUnansweredAsync(since, limit, cancellationToken);

    public ValueTask MarkAnsweredAsync(IReadOnlyList<string> ids, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken cancellationToken) =>
        inner.MarkAnsweredAsync(ids, now, forgetBefore, cancellationToken);

    public ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken) =>
        inner.ListAsync(filter, cancellationToken);

    public ValueTask<IReadOnlyList<ClaimedGeneration>> ClaimAsync(
        string owner, TimeSpan lease, int limit, CancellationToken cancellationToken) =>
        inner.ClaimAsync(owner, lease, limit, cancellationToken);

    public ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellationToken) => inner.RenewAsync(owner, lease, cancellationToken);

    public ValueTask<bool> TryTakeJobAsync(string id, string provider, string nativeId, CancellationToken cancellationToken) =>
        inner.TryTakeJobAsync(id, provider, nativeId, cancellationToken);

    public ValueTask RequestCancelAsync(string id, CancellationToken cancellationToken) => inner.RequestCancelAsync(id, cancellationToken);

    public ValueTask HideAsync(string id, CancellationToken cancellationToken) => inner.HideAsync(id, cancellationToken);

    public IAsyncEnumerable<GenerationState> WatchAsync(string id, CancellationToken cancellationToken) => inner.WatchAsync(id, cancellationToken);

    public virtual ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => inner.ForgetAsync(before, limit, cancellationToken);
}
