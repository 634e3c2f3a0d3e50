using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Generations;
using Framegate.Proxy.Media;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Storage;

/// <summary>Generations in the SQLite file of the data folder.</summary>
internal sealed class SqliteGenerationStore(SqliteDatabase database, SqliteWriter writer) : IGenerationStore
{
    private readonly PreparedCommand _insert = new("""
        INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request)
        VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8, $9) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _update = new("""
        UPDATE generations SET status = $2, open = $3, provider = $4, native_id = $5, state = $6,
          request = CASE WHEN $7 THEN request ELSE NULL END
        WHERE id = $1
        """);

    private readonly PreparedCommand _insertKey = new(
        "INSERT INTO idempotency_keys (client, key, generation, fingerprint) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");

    private readonly PreparedCommand _dropRow = new("DELETE FROM generations WHERE id = $1");

    private readonly PreparedCommand _insertMedia = new("""
        INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _insertCallback = new("INSERT INTO callbacks (generation, url, attempts, due) VALUES ($1, $2, 0, $3)");

    public ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state, GenerationJson.Default.GenerationState);
        return writer.WriteAsync(
            connection =>
            {
                if (_insert.Run(connection, state.Id, state.Client, state.CreatedAt.ToUnixTimeMilliseconds(), StatusOf(state), state.IsOpen ? 1 : 0,
                        state.Provider, request.Fingerprint, json, request.Body) == 0)
                {
                    return InsertOutcome.IdTaken;
                }

                if (request.IdempotencyKey is { } key && _insertKey.Run(connection, state.Client, key, state.Id, request.Fingerprint) == 0)
                {
                    _dropRow.Run(connection, state.Id);
                    return InsertOutcome.KeyTaken;
                }

                return InsertOutcome.Stored;
            },
            cancellationToken);
    }

    public async ValueTask SaveAsync(GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(state, GenerationJson.Default.GenerationState);
        await writer.WriteAsync(
            connection =>
            {
                foreach (var media in finished)
                {
                    _insertMedia.Run(connection, media.Id, state.Id, media.ContentType, media.Bytes, media.Sha256,
                        media.CreatedAt.ToUnixTimeMilliseconds(), media.ExpiresAt?.ToUnixTimeMilliseconds());
                }

                if (callBack && state.CallbackUrl is { } url)
                {
                    _insertCallback.Run(connection, state.Id, url, state.FinishedAt?.ToUnixTimeMilliseconds() ?? 0);
                }

                return _update.Run(connection, state.Id, StatusOf(state), state.IsOpen ? 1 : 0, state.Provider, state.Job?.NativeId, json,
                    state.NeedsRequest ? 1 : 0);
            },
            cancellationToken);
    }

    public GenerationState? Find(string id)
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT state, seq FROM generations WHERE id = $1", id);
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadState(reader) : null;
    }

    public GenerationState? FindByNumber(long number)
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT state, seq FROM generations WHERE seq = $1", number);
        using var reader = command.ExecuteReader();
        return reader.Read() ? ReadState(reader) : null;
    }

    public async ValueTask AddMediaAsync(string generation, StoredMedia media, CancellationToken cancellationToken) => await writer.WriteAsync(
        connection => _insertMedia.Run(connection, media.Id, generation, media.ContentType, media.Bytes, media.Sha256,
            media.CreatedAt.ToUnixTimeMilliseconds(), media.ExpiresAt?.ToUnixTimeMilliseconds()),
        cancellationToken);

    public (string Id, byte[] Fingerprint)? FindKey(string client, string key)
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT generation, fingerprint FROM idempotency_keys WHERE client = $1 AND key = $2", client, key);
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetString(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    public byte[]? FingerprintOf(string id)
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT fingerprint FROM generations WHERE id = $1", id);
        return command.ExecuteScalar() as byte[];
    }

    public IReadOnlyList<GenerationState> List(GenerationFilter filter)
    {
        using var connection = database.Connect();
        using var command = Command(
            connection,
            """
            SELECT state, seq FROM generations
            WHERE client = $1 AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR provider = $3) AND seq < $4
            ORDER BY seq DESC LIMIT $5
            """,
            filter.Client, filter.Status, filter.Provider, filter.Before ?? long.MaxValue, filter.Limit);
        using var reader = command.ExecuteReader();
        var page = new List<GenerationState>();
        while (reader.Read())
        {
            page.Add(ReadState(reader));
        }

        return page;
    }

    public IEnumerable<(GenerationState State, byte[]? Body)> Open()
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT state, seq, request FROM generations WHERE open = 1 ORDER BY seq");
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (ReadState(reader), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2));
        }
    }

    public bool IsClaimed(string provider, string nativeId)
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT 1 FROM generations WHERE provider = $1 AND native_id = $2 LIMIT 1", provider, nativeId);
        return command.ExecuteScalar() is not null;
    }

    public StoredMedia? FindMedia(string id)
    {
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT content_type, bytes, sha256, created, expires FROM media WHERE id = $1", id);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new StoredMedia(
                id, reader.GetString(0), reader.GetInt64(1), reader.GetString(2),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(3)),
                reader.IsDBNull(4) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4)))
            : null;
    }

    public ValueTask<IReadOnlyList<string>> ForgetAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken cancellationToken) =>
        writer.WriteAsync<IReadOnlyList<string>>(
            connection =>
            {
                var expired = new List<string>();
                using (var select = Command(connection, "SELECT id FROM media WHERE expires < $1 LIMIT 1000", now.ToUnixTimeMilliseconds()))
                using (var reader = select.ExecuteReader())
                {
                    while (reader.Read())
                    {
                        expired.Add(reader.GetString(0));
                    }
                }

                foreach (var id in expired)
                {
                    using var delete = Command(connection, "DELETE FROM media WHERE id = $1", id);
                    delete.ExecuteNonQuery();
                }

                using var keys = Command(
                    connection,
                    "DELETE FROM idempotency_keys WHERE generation IN (SELECT id FROM generations WHERE open = 0 AND created < $1)",
                    before.ToUnixTimeMilliseconds());
                keys.ExecuteNonQuery();
                using var native = Command(connection, "DELETE FROM native_jobs WHERE created < $1", before.ToUnixTimeMilliseconds());
                native.ExecuteNonQuery();
                using var generations = Command(
                    connection, "DELETE FROM generations WHERE open = 0 AND created < $1", before.ToUnixTimeMilliseconds());
                generations.ExecuteNonQuery();
                return expired;
            },
            cancellationToken);

    private static string StatusOf(GenerationState state) => state.Status switch
    {
        GenerationStatus.Success => "success",
        GenerationStatus.Failed => "failed",
        _ => "processing",
    };

    private static GenerationState ReadState(SqliteDataReader reader)
    {
        using var bytes = reader.GetStream(0);
        var state = JsonSerializer.Deserialize(bytes, GenerationJson.Default.GenerationState)
            ?? throw new JsonException("A stored generation is empty.");
        return state with { Number = reader.GetInt64(1) };
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue("$" + (i + 1), values[i] ?? DBNull.Value);
        }

        return command;
    }
}
