using Framegate.Proxy.Media;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>What is known about media, in the database that replicas share.</summary>
internal sealed class PostgresMediaCatalogue(PostgresDatabase database, PostgresWriter writer) : IMediaCatalogue
{
    private const string Columns = "id, content_type, bytes, sha256, created, expires";

    public string StoreId => database.Id;

    public ValueTask<StoredMedia?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.FirstAsync(new($"SELECT {Columns} FROM media WHERE id = $1", id), Read, cancellationToken);

    public ValueTask<string?> FindClientAsync(string id, CancellationToken cancellationToken) => database.FirstAsync(
        new("SELECT g.client FROM media AS m JOIN generations AS g ON g.id = m.generation WHERE m.id = $1", id), static r => r.GetString(0), cancellationToken);

    public async ValueTask AddAsync(string generation, StoredMedia media, CancellationToken cancellationToken) => await writer.WriteAsync(
        new(
            "INSERT INTO media (generation, id, content_type, bytes, sha256, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            generation, media.Id, media.ContentType, media.Bytes, media.Sha256, media.CreatedAt.ToUnixTimeMilliseconds(), media.ExpiresAt?.ToUnixTimeMilliseconds()),
        cancellationToken);

    public async ValueTask<IReadOnlyList<StoredMedia>> ListAsync(string after, int limit, CancellationToken cancellationToken) =>
        await database.ReadAsync(new($"SELECT {Columns} FROM media WHERE id > $1 ORDER BY id LIMIT $2", after, limit), Read, cancellationToken);

    public async ValueTask<IReadOnlyList<string>> ListExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        new("SELECT id FROM media WHERE expires < $1 ORDER BY expires LIMIT $2", now.ToUnixTimeMilliseconds(), limit), static r => r.GetString(0), cancellationToken);

    public async ValueTask RemoveAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("DELETE FROM media WHERE id = ANY($1)", (string[])[.. ids]), cancellationToken);

    private static StoredMedia Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetString(3), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
        row.IsDBNull(5) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)));
}
