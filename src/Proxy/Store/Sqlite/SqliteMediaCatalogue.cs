using Framegate.Proxy.Media;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>What is known about media, in the SQLite file of the data folder.</summary>
internal sealed class SqliteMediaCatalogue(SqliteReader reader, SqliteWriter writer) : IMediaCatalogue
{
    private readonly PreparedCommand _add = new("""
        INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _remove = new("DELETE FROM media WHERE id = ?1");

    public ValueTask<StoredMedia?> FindAsync(string id, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command("SELECT content_type, bytes, sha256, created, expires FROM media WHERE id = $1", id);
            return command.First(r => new StoredMedia(
                id, r.GetString(0), r.GetInt64(1), r.GetString(2),
                DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(3)),
                r.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(4))));
        },
        cancellationToken);

    public ValueTask<string?> FindClientAsync(string id, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command("SELECT g.client FROM media AS m JOIN generations AS g ON g.id = m.generation WHERE m.id = $1", id);
            return command.ExecuteScalar() as string;
        },
        cancellationToken);

    public async ValueTask AddAsync(string generation, StoredMedia media, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => Add(connection, generation, media), cancellationToken);

    public ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync<IReadOnlyList<string>>(
            connection =>
            {
                using var command = connection.Command("SELECT id FROM media WHERE expires < $1 ORDER BY expires LIMIT $2", now.ToUnixTimeMilliseconds(), limit);
                return command.All(r => r.GetString(0));
            },
            cancellationToken);

    public async ValueTask RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => ids.Sum(id => _remove.Run(connection, id)), cancellationToken);

    /// <summary>Adds a file as a part of a change.</summary>
    public int Add(SqliteConnection connection, string generation, StoredMedia media) => _add.Run(
        connection, media.Id, generation, media.ContentType, media.Bytes, media.Sha256, media.CreatedAt.ToUnixTimeMilliseconds(), media.ExpiresAt?.ToUnixTimeMilliseconds());
}
