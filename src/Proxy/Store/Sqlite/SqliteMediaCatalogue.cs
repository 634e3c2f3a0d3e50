using Framegate.Proxy.Media;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>What is known about media, in the SQLite file of the data folder.</summary>
internal sealed class SqliteMediaCatalogue(SqliteDatabase database, SqliteReader reader, SqliteWriter writer) : IMediaCatalogue
{
    private const string Columns = $"id, content_type, bytes, sha256, created, expires, sum IS {RowSums.OfMedia}";

    private readonly PreparedCommand _add = new("""
        INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires, sum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, row_sum(?1, ?2, ?3, ?4, ?5, ?6, ?7)) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _remove = new("DELETE FROM media WHERE id = ?1");

    public string StoreId => database.Id;

    public ValueTask<StoredMedia?> FindAsync(string id, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command($"SELECT {Columns} FROM media WHERE id = $1", id);
            return command.First(Read);
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<StoredMedia>> ListAsync(string after, int limit, CancellationToken cancellationToken) => reader.ReadAsync<IReadOnlyList<StoredMedia>>(
        connection =>
        {
            using var command = connection.Command($"SELECT {Columns} FROM media WHERE id > $1 ORDER BY id LIMIT $2", after, limit);
            return command.All(Read);
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
        await writer.WriteAsync(connection => Add(connection, generation, media), cancellationToken, subject: _ => generation.Length == 0 ? null : generation);

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

    private static StoredMedia Read(SqliteDataReader row) => new(
        row.Checked(6, "The row of a file").GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)));

    /// <summary>Adds a file as a part of a change.</summary>
    public int Add(SqliteConnection connection, string generation, StoredMedia media) => _add.Run(
        connection, media.Id, generation, media.ContentType, media.Bytes, media.Sha256, media.CreatedAt.ToUnixTimeMilliseconds(), media.ExpiresAt?.ToUnixTimeMilliseconds());
}
