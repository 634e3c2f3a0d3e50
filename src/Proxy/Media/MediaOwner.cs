using System.Security.Cryptography;
using System.Text;

namespace Framegate.Proxy.Media;

/// <summary>
/// Whose a file is. Its id carries a mark of its owner, so that the rule needs no look at anything else and goes with the file to other replicas: ids are
/// looked up as a whole, so a mark that somebody puts into an id leads nowhere.
/// </summary>
internal static class MediaOwner
{
    /// <summary>The owner of results that every client shares; no client can have it as its name.</summary>
    public const string Everybody = "*";

    private const string Prefix = "med_";
    private const string Shared = "shared";
    private const int MarkBytes = 8;
    private const int GuidLength = 32;

    /// <summary>A new id.</summary>
    /// <param name="owner">A client, or <see cref="Everybody"/>.</param>
    /// <param name="now">The time.</param>
    public static string NewId(string owner, DateTimeOffset now) => $"{Prefix}{MarkOf(owner)}_{Guid.CreateVersion7(now):n}";

    /// <summary>A file, when it is a client's or everybody's.</summary>
    /// <param name="catalogue">What is known about files.</param>
    /// <param name="id">The id that the client names.</param>
    /// <param name="client">The client; null on a gateway without client keys, where all is one's own.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Null when there is none that this client may know of.</returns>
    public static async ValueTask<StoredMedia?> FindAsync(IMediaCatalogue catalogue, string id, string? client, CancellationToken cancellationToken)
    {
        if (client is null)
        {
            return await catalogue.FindAsync(id, cancellationToken);
        }

        if (MarkIn(id) is { } mark)
        {
            return mark == Shared || mark == MarkOf(client) ? await catalogue.FindAsync(id, cancellationToken) : null;
        }

        // A file of a build whose ids had no marks: it is its generation's.
        return await catalogue.FindClientAsync(id, cancellationToken) == client ? await catalogue.FindAsync(id, cancellationToken) : null;
    }

    /// <summary>The mark of an id.</summary>
    /// <returns>Null when it has none.</returns>
    private static string? MarkIn(string id) => id.Length > Prefix.Length + GuidLength + 1 && id[^(GuidLength + 1)] == '_' ? id[Prefix.Length..^(GuidLength + 1)] : null;

    private static string MarkOf(string owner) =>
        owner == Everybody ? Shared : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)).AsSpan(0, MarkBytes));
}
