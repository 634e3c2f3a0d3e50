using Framegate.Proxy.Media;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>Keeps generations. A task that completes means that the change is on the disk: it survives <c>kill -9</c> and the loss of power.</summary>
internal interface IGenerationStore : IMediaCatalogue
{
    /// <summary>Adds a generation, and the idempotency key it came with.</summary>
    /// <returns>How it went; on a conflict nothing was stored.</returns>
    ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken);

    /// <summary>Replaces the state of a generation.</summary>
    /// <param name="state">The new state.</param>
    /// <param name="finished">Media that came with it; stored in the same transaction.</param>
    /// <param name="callBack">True to have the caller's <c>callback_url</c> told, in the same transaction.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may be stored all the same.</param>
    ValueTask SaveAsync(GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken);

    /// <summary>One generation.</summary>
    /// <returns>Null when it is unknown.</returns>
    GenerationState? Find(string id);

    /// <summary>One generation by its number.</summary>
    /// <returns>Null when it is unknown.</returns>
    GenerationState? FindByNumber(long number);

    /// <summary>The generation that an idempotency key has led to.</summary>
    /// <returns>Its id and the fingerprint of its body; null when the key is new.</returns>
    (string Id, byte[] Fingerprint)? FindKey(string client, string key);

    /// <summary>The fingerprint of the body a generation was asked for with.</summary>
    /// <returns>Null when the generation is unknown.</returns>
    byte[]? FingerprintOf(string id);

    /// <summary>A page of generations, newest first.</summary>
    ValueTask<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter);

    /// <summary>The number of a client's generation, for paging.</summary>
    /// <returns>Null when this client has none with this id.</returns>
    ValueTask<long?> FindNumberAsync(string id, string client);

    /// <summary>All generations that are not finished, oldest first, with the body they were asked for with.</summary>
    IEnumerable<(GenerationState State, byte[]? Body)> Open();

    /// <summary>Whether some generation already owns a native job.</summary>
    bool IsClaimed(string provider, string nativeId);

    /// <summary>Forgets finished generations and media that are older than they may be.</summary>
    /// <returns>The ids of the media whose files can go.</returns>
    ValueTask<IReadOnlyList<string>> ForgetAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>What a generation is asked for with.</summary>
/// <param name="Body">The body as it came; kept until the provider has accepted the job.</param>
/// <param name="Fingerprint">The SHA-256 of the body.</param>
/// <param name="IdempotencyKey">The caller's key; null for none.</param>
/// <param name="IdIsGiven">True when the caller chose the generation's id, so that it may be taken.</param>
internal sealed record StoredRequest(byte[] Body, byte[] Fingerprint, string? IdempotencyKey, bool IdIsGiven);

/// <summary>How an insert went.</summary>
internal enum InsertOutcome
{
    /// <summary>Stored.</summary>
    Stored,

    /// <summary>Another generation has this id.</summary>
    IdTaken,

    /// <summary>Another generation has this idempotency key.</summary>
    KeyTaken,
}

/// <summary>Which generations to list.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Status">Only those with this status, by its name on the wire; null for all.</param>
/// <param name="Provider">Only those at this provider; null for all.</param>
/// <param name="Before">Only those older than this number; null to start with the newest.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record GenerationFilter(string Client, string? Status, string? Provider, long? Before, int Limit)
{
    /// <summary>True to begin with the oldest; <see cref="Before"/> is then the number that those listed come after.</summary>
    public bool OldestFirst { get; init; }
}
