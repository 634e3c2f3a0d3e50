using Framegate.Proxy.Media.Bucket;

namespace Framegate.Proxy.Media;

/// <summary>What is known about the files of the media store.</summary>
internal interface IMediaCatalogue : IKnownStore
{
    /// <summary>One file.</summary>
    /// <returns>Null when it is unknown.</returns>
    ValueTask<StoredMedia?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>The client of the generation that made a file.</summary>
    /// <returns>Null when the file or its generation is unknown.</returns>
    ValueTask<string?> FindClientAsync(string id, CancellationToken cancellationToken);

    /// <summary>Adds a file that another replica has handed over, or a client; one that is there already stays as it is.</summary>
    /// <param name="generation">The generation that made it; empty for a client's upload.</param>
    /// <param name="media">The file.</param>
    /// <param name="cancellationToken">Gives up waiting; the file may be added all the same.</param>
    ValueTask AddAsync(string generation, StoredMedia media, CancellationToken cancellationToken);

    /// <summary>A page of all files, ordered by their ids.</summary>
    /// <param name="after">The last id of the page before; empty for the first.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask<IReadOnlyList<StoredMedia>> ListAsync(string after, int limit, CancellationToken cancellationToken);

    /// <summary>Files that may go.</summary>
    ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Forgets files that are gone.</summary>
    ValueTask RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);
}
