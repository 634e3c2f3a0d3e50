using Framegate.Proxy.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Storage;

/// <summary>What SQLite does not know yet of one generation.</summary>
/// <param name="State">The newest state.</param>
/// <param name="Json">The same, serialised; null when it is to be serialised once it is written.</param>
/// <param name="Insert">What it was asked for with, while there is no row for it; else null.</param>
/// <param name="Media">Media that came with it since.</param>
/// <param name="Callbacks">How often its caller is to be told since.</param>
/// <param name="Arrival">Orders new generations as they came.</param>
internal sealed record PendingRow(
    GenerationState State, byte[]? Json, StoredRequest? Insert, IReadOnlyList<StoredMedia> Media, int Callbacks, long Arrival)
{
    /// <summary>With a newer state.</summary>
    public PendingRow With(GenerationState state, byte[] json, IReadOnlyList<StoredMedia> media, bool callBack) => new(
        state, json, Insert, media.Count == 0 ? Media : [.. Media, .. media], Callbacks + (callBack ? 1 : 0), Arrival);

    /// <summary>What is left of it once an older version has been written.</summary>
    public PendingRow Without(PendingRow written) => new(
        State, Json, null, written.Media.Count == 0 ? Media : [.. Media.Skip(written.Media.Count)], Callbacks - written.Callbacks, Arrival);
}
