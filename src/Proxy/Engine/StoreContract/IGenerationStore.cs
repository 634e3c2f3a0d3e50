using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>
/// Keeps generations. A task that completes means that the change is on the disk: it survives <c>kill -9</c> and the loss of power. A store that
/// cannot do what it is asked for now throws <see cref="StoreUnavailableException"/>, and nothing is changed then.
/// </summary>
internal interface IGenerationStore
{
    /// <summary>Adds a generation, and the idempotency key it came with.</summary>
    /// <returns>How it went; on a conflict nothing was stored.</returns>
    ValueTask<InsertOutcome> InsertAsync(GenerationChange first, StoredRequest request, CancellationToken cancellationToken);

    /// <summary>Stores a change as a whole, when it is newer than what is stored and its owner still holds the generation.</summary>
    /// <returns>How it went; nothing was stored unless it is <see cref="SaveOutcome.Saved"/>.</returns>
    ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken);

    /// <summary>One generation.</summary>
    /// <returns>Null when it is unknown.</returns>
    ValueTask<GenerationState?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The generation that an idempotency key has led to.</summary>
    /// <returns>Null when the key is new.</returns>
    ValueTask<KnownRequest?> FindKeyAsync(string client, string key, CancellationToken cancellationToken);

    /// <summary>The fingerprint of what a generation was asked for with.</summary>
    /// <returns>Null when the generation is unknown.</returns>
    ValueTask<byte[]?> FindFingerprintAsync(string id, CancellationToken cancellationToken);

    /// <summary>The generations that a client has asked for with the same content since then, newest first; of those with <see cref="StoredRequest.ByContent"/>.</summary>
    ValueTask<IReadOnlyList<string>> FindRepeatsAsync(string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>The generations since then whose answers are not marked as given, with the fingerprints of what they were asked for with; newest first.</summary>
    ValueTask<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>> FindUnansweredAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken);

    /// <summary>Marks that the answers of generations have reached their callers.</summary>
    /// <param name="ids">The generations.</param>
    /// <param name="now">The time.</param>
    /// <param name="forgetBefore">Marks that are older go.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask MarkAnsweredAsync(IReadOnlyList<string> ids, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken cancellationToken);

    /// <summary>A page of generations, ordered by when they came.</summary>
    /// <returns>Null when the filter's cursor is none of the client's generations.</returns>
    ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken);

    /// <summary>Takes hold of open generations that nobody holds, or whose owner's lease has run out by the store's own clock; oldest first.</summary>
    /// <param name="owner">Who takes them.</param>
    /// <param name="lease">How long the owner's lease, which covers all that it holds, lasts from now on.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IReadOnlyList<ClaimedGeneration>> ClaimAsync(string owner, TimeSpan lease, int limit, CancellationToken cancellationToken);

    /// <summary>Prolongs an owner's lease on all that it holds: it lasts so long from now on, by the store's own clock.</summary>
    ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Takes note that a native job is this generation's.</summary>
    /// <returns>False when it is another's; of several that ask for the same job at once, one gets it.</returns>
    ValueTask<bool> TryTakeJobAsync(string id, string provider, string nativeId, CancellationToken cancellationToken);

    /// <summary>Remembers that the client has cancelled an open generation. The state is its owner's alone, and may wait for a provider just then.</summary>
    ValueTask RequestCancelAsync(string id, CancellationToken cancellationToken);

    /// <summary>Remembers that the client does not want to see a generation any more, and drops its attachment.</summary>
    ValueTask HideAsync(string id, CancellationToken cancellationToken);

    /// <summary>The generation as it is stored now, and then at each change, until it is not open any more or forgotten. Changes that come close together
    /// may show as one.</summary>
    IAsyncEnumerable<GenerationState> WatchAsync(string id, CancellationToken cancellationToken);

    /// <summary>Forgets generations that are not open and older than that, with their keys.</summary>
    /// <returns>How many; less than the limit when there are no more.</returns>
    ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}
