using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// What SQLite does not know yet of one generation. There are hundreds of them while much goes on, and what is over is hardly ever asked for
/// again before it is written: of that only the bytes are kept, which the collector passes over.
/// </summary>
internal sealed class PendingRow
{
    // Null when it is read back from the bytes.
    private readonly GenerationState? _state;

    // What was pending before, while nobody knows whether this state gets to the disk.
    private PendingRow? _before;

    /// <summary>What is to be written.</summary>
    /// <param name="state">The newest state.</param>
    /// <param name="json">The same, serialised; null when it is to be serialised once it is written.</param>
    /// <param name="insert">What it was asked for with, while there is no row for it; else null.</param>
    /// <param name="media">Media that came with it since.</param>
    /// <param name="callbacks">How often its caller is to be told since.</param>
    /// <param name="arrival">Orders new generations as they came.</param>
    public PendingRow(GenerationState state, byte[]? json, StoredRequest? insert, IReadOnlyList<StoredMedia> media, int callbacks, long arrival)
    {
        _state = json is null || state.IsOpen ? state : null;
        Id = state.Id;
        Client = state.Client;
        Provider = state.Provider;
        NativeId = state.Job?.NativeId;
        Status = state.Status;
        IsOpen = state.IsOpen;
        NeedsRequest = state.NeedsRequest;
        Revision = state.Revision;
        CreatedAt = state.CreatedAt;
        FinishedAt = state.FinishedAt;
        CallbackUrl = state.CallbackUrl;
        Json = json;
        Insert = insert is null || state.IsOpen ? insert : insert with { Body = [] };
        Media = media;
        Callbacks = callbacks;
        Arrival = arrival;
    }

    private PendingRow(PendingRow row, PendingRow? before, StoredRequest? insert, IReadOnlyList<StoredMedia> media, int callbacks)
    {
        _before = before;
        (_state, Id, Client, Provider, NativeId) = (row._state, row.Id, row.Client, row.Provider, row.NativeId);
        (Status, IsOpen, NeedsRequest, Revision) = (row.Status, row.IsOpen, row.NeedsRequest, row.Revision);
        (CreatedAt, FinishedAt, CallbackUrl, Json, Arrival) = (row.CreatedAt, row.FinishedAt, row.CallbackUrl, row.Json, row.Arrival);
        (Insert, Media, Callbacks) = (insert, media, callbacks);
    }

    /// <summary>The generation.</summary>
    public string Id { get; }

    /// <summary>Whose it is.</summary>
    public string Client { get; }

    /// <summary>The cluster that runs it.</summary>
    public string Provider { get; }

    /// <summary>The job at the provider; null until it is known.</summary>
    public string? NativeId { get; }

    /// <summary>What the caller sees first.</summary>
    public GenerationStatus Status { get; }

    /// <summary>True while there is still something to do for it.</summary>
    public bool IsOpen { get; }

    /// <summary>True while the body of the request may still be needed.</summary>
    public bool NeedsRequest { get; }

    /// <summary>Counts the stored changes.</summary>
    public int Revision { get; }

    /// <summary>When the request arrived.</summary>
    public DateTimeOffset CreatedAt { get; }

    /// <summary>When it ended for the caller; null before that.</summary>
    public DateTimeOffset? FinishedAt { get; }

    /// <summary>Where to tell the outcome; null for nowhere.</summary>
    public string? CallbackUrl { get; }

    /// <summary>The newest state, serialised; null when it is to be serialised once it is written.</summary>
    public byte[]? Json { get; }

    /// <summary>What it was asked for with, while there is no row for it, else null; without the body once it is over.</summary>
    public StoredRequest? Insert { get; }

    /// <summary>Media that came with it since.</summary>
    public IReadOnlyList<StoredMedia> Media { get; }

    /// <summary>How often its caller is to be told since.</summary>
    public int Callbacks { get; }

    /// <summary>Orders new generations as they came.</summary>
    public long Arrival { get; }

    /// <summary>The newest state.</summary>
    public GenerationState State => _state ?? StateJson.Read(Json);

    /// <summary>What is pending again when the newest state did not get to the disk; null when that is nothing.</summary>
    public PendingRow? Before => _before;

    /// <summary>With a newer state, until <see cref="Confirm"/> beside what was there before.</summary>
    public PendingRow With(GenerationState state, byte[] json, IReadOnlyList<StoredMedia> media, bool callBack) => new(
        state, json, Insert, media.Count == 0 ? Media : [.. Media, .. media], Callbacks + (callBack ? 1 : 0), Arrival) { _before = this };

    /// <summary>What is left of it once an older version has been written.</summary>
    public PendingRow Without(PendingRow written) => new(
        this, ReferenceEquals(_before, written) ? null : _before?.Without(written), null,
        written.Media.Count == 0 ? Media : [.. Media.Skip(written.Media.Count)], Callbacks - written.Callbacks);

    /// <summary>The newest state is on the disk.</summary>
    public void Confirm() => _before = null;
}
