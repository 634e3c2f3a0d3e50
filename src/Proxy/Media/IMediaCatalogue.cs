namespace Framegate.Proxy.Media;

/// <summary>What is known about the files of the media store.</summary>
internal interface IMediaCatalogue
{
    /// <summary>One file.</summary>
    /// <returns>Null when it is unknown.</returns>
    StoredMedia? FindMedia(string id);

    /// <summary>Adds a file that another replica has handed over; one that is there already stays as it is.</summary>
    /// <param name="generation">The generation that made it.</param>
    /// <param name="media">The file.</param>
    /// <param name="cancellationToken">Gives up waiting; the file may be added all the same.</param>
    ValueTask AddMediaAsync(string generation, StoredMedia media, CancellationToken cancellationToken);
}
