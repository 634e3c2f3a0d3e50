using System.Runtime.CompilerServices;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Rows;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Generations in the SQLite file of the data folder.</summary>
internal sealed class SqliteGenerationStore(SqliteDatabase database, SqliteReader reader, SqliteWriter writer, SqliteMediaCatalogue media, TimeProvider time)
    : IGenerationStore, IGenerationReports
{
    private const string StateColumns = $"state, cancelled, hidden, attachment, sum IS {RowSums.OfGeneration}";

    private readonly GenerationFeed _feed = new();

    private readonly PreparedCommand _insert = new("""
        INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request, revision, version, owner, by_content, attachment, charge, video, sum)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
          row_sum(?1, ?2, ?3, ?4, ?5, ?6, NULL, ?7, ?8, ?9, ?10, ?11, 0, 0, ?13, ?14)) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _insertKey = new(
        "INSERT INTO idempotency_keys (client, key, generation, fingerprint, sum) VALUES (?1, ?2, ?3, ?4, row_sum(?1, ?2, ?3, ?4)) ON CONFLICT DO NOTHING");

    private readonly PreparedCommand _drop = new("DELETE FROM generations WHERE id = ?1");

    private readonly PreparedCommand _save = new("""
        UPDATE generations SET status = ?2, open = ?3, provider = ?4, native_id = ?5, state = ?6,
          request = CASE WHEN ?7 THEN request ELSE NULL END, revision = ?8, version = ?9, owner = CASE WHEN ?3 THEN ?10 ELSE NULL END, charge = ?11,
          sum = row_sum(id, client, created, ?2, ?3, ?4, ?5, fingerprint, ?6, CASE WHEN ?7 THEN request ELSE NULL END, ?8, ?9, cancelled, hidden, by_content, attachment)
        WHERE id = ?1 AND revision < ?8 AND version <= ?9 AND (owner = ?10 OR (owner IS NULL AND (?12 IS NULL OR revision = ?12)))
        """);

    private readonly PreparedCommand _take = new("""
        UPDATE generations SET native_id = ?3,
          sum = row_sum(id, client, created, status, open, provider, ?3, fingerprint, state, request, revision, version, cancelled, hidden, by_content, attachment)
        WHERE id = ?1 AND provider = ?2 AND NOT native_id IS ?3
        """);

    private readonly PreparedCommand _addCallback = new("""
        INSERT INTO deliveries (id, generation, url, attempts, due, wake, receiver, sum)
        SELECT ?1, ?2, ?3, ?4, ?5, ?5, ?6, row_sum(?1, ?2, ?3, ?6, ?4, ?5, 'pending', 0)
        WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE generation = ?2 AND url = ?3 AND status = 'gone')
        ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _forgetTries = new("DELETE FROM delivery_tries WHERE delivery IN (SELECT id FROM deliveries WHERE generation = ?1)");

    private readonly PreparedCommand _forgetDeliveries = new("DELETE FROM deliveries WHERE generation = ?1");

    private readonly PreparedCommand _renew = new(
        "INSERT INTO owners (id, lease_until) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET lease_until = ?2");

    private readonly PreparedCommand _cancel = new("""
        UPDATE generations SET cancelled = 1,
          sum = row_sum(id, client, created, status, open, provider, native_id, fingerprint, state, request, revision, version, 1, hidden, by_content, attachment)
        WHERE id = ?1 AND open = 1
        """);

    private readonly PreparedCommand _answer = new("INSERT INTO answered (at, generation) VALUES (?1, ?2) ON CONFLICT DO NOTHING");

    private readonly PreparedCommand _forgetAnswers = new("DELETE FROM answered WHERE at < ?1");

    private readonly PreparedCommand _hide = new("""
        UPDATE generations SET hidden = 1, attachment = NULL,
          sum = row_sum(id, client, created, status, open, provider, native_id, fingerprint, state, request, revision, version, cancelled, 1, by_content, NULL)
        WHERE id = ?1
        """);

    public Task NextChangeAsync() => _feed.NextOfAny();

    public async ValueTask<InsertOutcome> InsertAsync(GenerationChange first, StoredRequest request, CancellationToken cancellationToken)
    {
        if (!database.HasRoom())
        {
            // What is submitted now could not be stored to its end.
            throw new StoreUnavailableException(StoreProblem.Full, new IOException("The disk of the data folder is all but full."));
        }

        var json = StateJson.Write(first.State);
        var inserted = await writer.WriteAsync(connection => Insert(connection, first, request, json), cancellationToken, request.IdempotencyKey is not null || HasParts(first),
            outcome => outcome == InsertOutcome.Stored ? Subject(first.State) : null);
        _feed.AnyChanged();
        return inserted;
    }

    public async ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
    {
        var json = StateJson.Write(change.State);
        var outcome = await writer.WriteAsync(connection => Save(connection, change, json), cancellationToken, HasParts(change),
            saved => saved == SaveOutcome.Saved ? Subject(change.State) : null);
        if (outcome == SaveOutcome.Saved)
        {
            _feed.Changed(change.State.Id);
        }

        return outcome;
    }

    public ValueTask<GenerationState?> FindAsync(string id, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command($"SELECT {StateColumns} FROM generations WHERE id = $1", id);
            return command.First(ReadState);
        },
        cancellationToken);

    /// <summary>Reads what was written last, to see whether it can be read.</summary>
    public ValueTask<int> ReadNewestAsync(CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command($"SELECT {StateColumns} FROM generations ORDER BY seq DESC LIMIT 1");
            return command.All(ReadState).Count;
        },
        cancellationToken);

    public ValueTask<KnownRequest?> FindKeyAsync(string client, string key, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command($"SELECT generation, fingerprint, sum IS {RowSums.OfKey} FROM idempotency_keys WHERE client = $1 AND key = $2", client, key);
            return command.First(r => new KnownRequest(r.Checked(2, "The row of an idempotency key").GetString(0), r.GetFieldValue<byte[]>(1)));
        },
        cancellationToken);

    public ValueTask<byte[]?> FindFingerprintAsync(string id, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command("SELECT fingerprint FROM generations WHERE id = $1", id);
            return command.ExecuteScalar() as byte[];
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<string>> FindRepeatsAsync(string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken) =>
        reader.ReadAsync<IReadOnlyList<string>>(
            connection =>
            {
                using var command = connection.Command(
                    """
                    SELECT id FROM generations WHERE by_content = 1 AND client = $1 AND fingerprint = $2 AND created >= $3 ORDER BY created DESC, id DESC LIMIT 16
                    """,
                    client, fingerprint, since.ToUnixTimeMilliseconds());
                return command.All(r => r.GetString(0));
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>> FindUnansweredAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        reader.ReadAsync<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>>(
            connection =>
            {
                // Rows lie in the order they came, so the search ends at the first that is too old.
                using var command = connection.Command(
                    $"""
                    SELECT {StateColumns}, fingerprint FROM generations
                    WHERE seq > coalesce((SELECT seq FROM generations WHERE created < $1 ORDER BY seq DESC LIMIT 1), 0)
                      AND id NOT IN (SELECT generation FROM answered)
                    ORDER BY seq DESC LIMIT $2
                    """,
                    since.ToUnixTimeMilliseconds(), limit);
                return command.All(r => (ReadState(r), r.GetFieldValue<byte[]>(5)));
            },
            cancellationToken);

    public async ValueTask MarkAnsweredAsync(IReadOnlyList<string> ids, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            connection =>
            {
                _forgetAnswers.Run(connection, forgetBefore.ToUnixTimeMilliseconds());
                foreach (var id in ids)
                {
                    _answer.Run(connection, now.ToUnixTimeMilliseconds(), id);
                }

                return ids.Count;
            },
            cancellationToken,
            hasParts: true);

    public ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken) =>
        reader.ReadAsync<IReadOnlyList<GenerationState>?>(
            connection =>
            {
                using var cursor = connection.Command("SELECT created FROM generations WHERE id = $1 AND client = $2", filter.Cursor, filter.Client);
                var created = filter.Cursor is null ? 0 : cursor.ExecuteScalar() as long?;
                if (created is null)
                {
                    return null;
                }

                var (sign, order) = filter.OldestFirst ? (">", "ASC") : ("<", "DESC");
                using var command = connection.Command(
                    $"""
                    SELECT {StateColumns} FROM generations
                    WHERE client = $1 {GenerationQueries.Only(filter.Status, filter.Provider)} {(filter.MayBeVideo ? "AND video = 1 AND hidden = 0" : "")} AND ($4 IS NULL OR (created, id) {sign} ($5, $4))
                    ORDER BY created {order}, id {order} LIMIT $6
                    """,
                    filter.Client, filter.Status, filter.Provider, filter.Cursor, created, filter.Limit);
                return command.All(ReadState);
            },
            cancellationToken);

    public ValueTask<GenerationPage?> SearchAsync(GenerationSearch search, CancellationToken cancellationToken) =>
        reader.ReadAsync(connection => GenerationQueries.Search(connection, search, StateColumns, ReadState), cancellationToken);

    public ValueTask<IReadOnlyList<SpendRow>> SpendAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        reader.ReadAsync(connection => GenerationQueries.Spend(connection, from, to), cancellationToken);

    public ValueTask<IReadOnlyList<ChargedRow>> ChargedAsync(DateOnly today, CancellationToken cancellationToken) =>
        reader.ReadAsync(connection => GenerationQueries.Charged(connection, today), cancellationToken);

    public ValueTask<IReadOnlyList<ClaimedGeneration>> ClaimAsync(
        string owner, TimeSpan lease, int limit, CancellationToken cancellationToken) => writer.WriteAsync<IReadOnlyList<ClaimedGeneration>>(
        connection =>
        {
            var now = time.GetUtcNow();
            _renew.Run(connection, owner, (now + lease).ToUnixTimeMilliseconds());
            using var free = connection.Command(
                """
                SELECT seq FROM generations
                WHERE open = 1 AND version <= $2 AND (owner IS NULL OR owner NOT IN (SELECT id FROM owners WHERE lease_until >= $1))
                ORDER BY created, id LIMIT $3
                """,
                now.ToUnixTimeMilliseconds(), StateJson.Version, limit);
            var claimed = new List<ClaimedGeneration>();
            foreach (var row in free.All(r => r.GetInt64(0)))
            {
                using var take = connection.Command($"UPDATE generations SET owner = $2 WHERE seq = $1 RETURNING {StateColumns}, request", row, owner);
                claimed.AddRange(take.All(r => new ClaimedGeneration(ReadState(r), r.IsDBNull(5) ? null : r.GetFieldValue<byte[]>(5))));
            }

            return claimed;
        },
        cancellationToken,
        hasParts: true);

    public async ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _renew.Run(connection, owner, (time.GetUtcNow() + lease).ToUnixTimeMilliseconds()), cancellationToken);

    public async ValueTask<bool> TryTakeJobAsync(string id, string provider, string nativeId, CancellationToken cancellationToken)
    {
        return await writer.WriteAsync(
            connection =>
            {
                try
                {
                    _take.Run(connection, id, provider, nativeId);
                    return true;
                }
                catch (SqliteException e) when (IsTaken(e))
                {
                    return false;
                }
            },
            cancellationToken,
            subject: _ => id);
    }

    public async ValueTask RequestCancelAsync(string id, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(connection => _cancel.Run(connection, id), cancellationToken, subject: _ => id);
        _feed.Changed(id);
    }

    public async ValueTask HideAsync(string id, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _hide.Run(connection, id), cancellationToken, subject: _ => id);

    public async IAsyncEnumerable<GenerationState> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the look: what changes after it is not missed.
            var next = _feed.Next(id);
            if (await FindAsync(id, cancellationToken) is not { } state)
            {
                yield break;
            }

            yield return state;
            if (!state.IsOpen)
            {
                yield break;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    public ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => writer.WriteAsync(
        connection =>
        {
            var until = before.ToUnixTimeMilliseconds();
            using var native = connection.Command("DELETE FROM native_jobs WHERE created < $1; DELETE FROM native_orders WHERE at < $1", until);
            native.ExecuteNonQuery();
            GenerationQueries.KeepSpend(connection, until, limit);
            using var forget = connection.Command(
                "DELETE FROM generations WHERE seq IN (SELECT seq FROM generations WHERE open = 0 AND created < $1 ORDER BY created, seq LIMIT $2) RETURNING id", until, limit);
            var forgotten = forget.All(r => r.GetString(0));
            foreach (var id in forgotten)
            {
                using var keys = connection.Command("DELETE FROM idempotency_keys WHERE generation = $1", id);
                keys.ExecuteNonQuery();
                _forgetTries.Run(connection, id);
                _forgetDeliveries.Run(connection, id);
                _feed.Changed(id);
            }

            return forgotten.Count;
        },
        cancellationToken,
        hasParts: true);

    private static string Subject(GenerationState state) => CommitRecord.Subject(state.Id, state.Revision);

    private static bool HasParts(GenerationChange change) => change.Media.Count > 0 || change.Callback is not null;

    private static bool IsTaken(SqliteException e) => e.SqliteExtendedErrorCode == raw.SQLITE_CONSTRAINT_UNIQUE;

    private static GenerationState ReadState(SqliteDataReader row)
    {
        var state = StateJson.Read(row.Checked(4, "The row of a generation").GetFieldValue<byte[]>(0));
        return row.GetInt64(1) == 0 && row.GetInt64(2) == 0 && row.IsDBNull(3) ? state : state with
        {
            CancelRequested = state.CancelRequested || (state.IsOpen && row.GetInt64(1) != 0),
            Hidden = row.GetInt64(2) != 0,
            Attachment = row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3),
        };
    }

    private InsertOutcome Insert(SqliteConnection connection, GenerationChange first, StoredRequest request, byte[] json)
    {
        var state = first.State;
        if (_insert.Run(connection, state.Id, state.Client, state.CreatedAt.ToUnixTimeMilliseconds(), RowNames.Of(state.Status), state.IsOpen ? 1 : 0, state.Provider,
            request.Fingerprint, json, state.NeedsRequest ? request.Body : null, state.Revision, StateJson.Version,
            state.IsOpen ? first.Owner : null, request.ByContent ? 1 : 0, state.Attachment, Money.ToMillionths(state.Charge),
            state.Asked is { MediaType: not MediaType.Video } ? 0 : 1) == 0)
        {
            return InsertOutcome.IdTaken;
        }

        if (request.IdempotencyKey is { } key && _insertKey.Run(connection, state.Client, key, state.Id, request.Fingerprint) == 0)
        {
            _drop.Run(connection, state.Id);
            return InsertOutcome.KeyTaken;
        }

        AddParts(connection, first);
        return InsertOutcome.Stored;
    }

    private SaveOutcome Save(SqliteConnection connection, GenerationChange change, byte[] json)
    {
        var state = change.State;
        int saved;
        try
        {
            saved = Save(connection, change, json, state.Job?.NativeId);
        }
        catch (SqliteException e) when (IsTaken(e))
        {
            // A provider that answers with a job that it has given to another generation before: the state is stored all the same.
            saved = Save(connection, change, json, null);
        }

        if (saved == 0)
        {
            using var command = connection.Command(
                "SELECT version <= $3 AND (owner IS NULL OR owner = $2) FROM generations WHERE id = $1", state.Id, change.Owner, StateJson.Version);
            return command.ExecuteScalar() is 1L ? SaveOutcome.Stale : SaveOutcome.LeaseLost;
        }

        AddParts(connection, change);
        return SaveOutcome.Saved;
    }

    private int Save(SqliteConnection connection, GenerationChange change, byte[] json, string? nativeId)
    {
        var state = change.State;
        return _save.Run(
            connection, state.Id, RowNames.Of(state.Status), state.IsOpen ? 1 : 0, state.Provider, nativeId, json, state.NeedsRequest ? 1 : 0, state.Revision,
            StateJson.Version, change.Owner, Money.ToMillionths(state.Charge), change.StandsOn);
    }

    private void AddParts(SqliteConnection connection, GenerationChange change)
    {
        foreach (var item in change.Media)
        {
            media.Add(connection, change.State.Id, item);
        }

        if (change.Callback is { } callback)
        {
            _addCallback.Run(connection, callback.Id, callback.Generation, callback.Url, callback.Attempts, callback.Due.ToUnixTimeMilliseconds(), callback.Receiver);
        }
    }
}
