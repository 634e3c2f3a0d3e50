using System.Text.Json;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// Generations in the data folder: each change goes to the <see cref="Journal"/> first, and from there to the SQLite file with others. Reading sees both.
/// </summary>
internal sealed class SqliteGenerationStore(SqliteDatabase database, SqliteWriter writer, Journal journal, PendingRows pending, RowWriter rows) : IGenerationStore
{
    private const int MostPending = 16 * 1024;

    private readonly PreparedCommand _insert = new("""
        INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request, revision)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _insertKey = new(
        "INSERT INTO idempotency_keys (client, key, generation, fingerprint) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");

    private readonly PreparedCommand _dropRow = new("DELETE FROM generations WHERE id = ?1");

    private readonly PreparedCommand _adoptMedia = new("""
        INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
        """);

    public ValueTask<InsertOutcome> InsertAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken) =>
        request.IdIsGiven || request.IdempotencyKey is not null || pending.Count > MostPending
            ? InsertNowAsync(state, request, cancellationToken)
            : AppendAsync(state, request);

    public async ValueTask SaveAsync(GenerationState state, IReadOnlyList<StoredMedia> finished, bool callBack, CancellationToken cancellationToken)
    {
        var json = StateJson.Write(state).ToArray();
        var row = pending.Set(state, json, finished, callBack);
        try
        {
            rows.Wake();

            // To SQLite itself where others look for media and callbacks as soon as this returns, or where the journal has no room.
            if (finished.Count > 0 || callBack || !await JournalRecord.AppendAsync(journal, json, null))
            {
                await rows.WriteAsync();
            }
        }
        catch
        {
            pending.Undo(row);
            throw;
        }

        row.Confirm();
    }

    public GenerationState? Find(string id)
    {
        if (pending.Find(id) is { } row)
        {
            return row.State;
        }

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
        connection => _adoptMedia.Run(connection, media.Id, generation, media.ContentType, media.Bytes, media.Sha256,
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
        if (pending.Find(id) is { Insert: { } request })
        {
            return request.Fingerprint;
        }

        using var connection = database.Connect();
        using var command = Command(connection, "SELECT fingerprint FROM generations WHERE id = $1", id);
        return command.ExecuteScalar() as byte[];
    }

    public async ValueTask<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter)
    {
        await rows.WriteAsync();
        using var connection = database.Connect();
        using var command = Command(
            connection,
            $"""
            SELECT state, seq FROM generations
            WHERE client = $1 AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR provider = $3) AND seq {(filter.OldestFirst ? ">" : "<")} $4
            ORDER BY seq {(filter.OldestFirst ? "ASC" : "DESC")} LIMIT $5
            """,
            filter.Client, filter.Status, filter.Provider, filter.Before ?? (filter.OldestFirst ? 0 : long.MaxValue), filter.Limit);
        using var reader = command.ExecuteReader();
        var page = new List<GenerationState>();
        while (reader.Read())
        {
            page.Add(ReadState(reader));
        }

        return page;
    }

    public async ValueTask<long?> FindNumberAsync(string id, string client)
    {
        await rows.WriteAsync();
        using var connection = database.Connect();
        using var command = Command(connection, "SELECT seq FROM generations WHERE id = $1 AND client = $2", id, client);
        return command.ExecuteScalar() as long?;
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
        if (pending.Any(row => row.Provider == provider && row.NativeId == nativeId))
        {
            return true;
        }

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

    /// <summary>An id of our own cannot be taken, so nothing has to be looked up.</summary>
    private async ValueTask<InsertOutcome> AppendAsync(GenerationState state, StoredRequest request)
    {
        pending.Add(state, request);
        try
        {
            rows.Wake();
            if (!await JournalRecord.AppendAsync(journal, StateJson.Write(state), request))
            {
                await rows.WriteAsync();
            }

            return InsertOutcome.Stored;
        }
        catch
        {
            pending.Remove(state.Id);
            throw;
        }
    }

    private ValueTask<InsertOutcome> InsertNowAsync(GenerationState state, StoredRequest request, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            connection =>
            {
                if (pending.Find(state.Id) is not null
                    || _insert.Run(connection, state.Id, state.Client, state.CreatedAt.ToUnixTimeMilliseconds(), RowWriter.NameOf(state.Status),
                        state.IsOpen ? 1 : 0, state.Provider, request.Fingerprint, StateJson.Write(state).ToArray(), request.Body, state.Revision) == 0)
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
