using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Rows;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Callbacks in the database that replicas share. <c>wake</c> is when somebody may try one: when it is due, or when the hold of another has run out.</summary>
internal sealed class PostgresCallbackStore(PostgresDatabase database, PostgresWriter writer) : ICallbackStore
{
    /// <summary>The first row of each receiver; the index is entered once per receiver, however many deliveries wait there.</summary>
    private const string Receivers = """
        WITH RECURSIVE receivers (name) AS (
          SELECT min(receiver) FROM deliveries WHERE wake IS NOT NULL
          UNION ALL
          SELECT (SELECT min(receiver) FROM deliveries WHERE wake IS NOT NULL AND receiver > name) FROM receivers WHERE name IS NOT NULL)
        SELECT name, first FROM receivers, LATERAL (SELECT min(wake) AS first FROM deliveries WHERE wake IS NOT NULL AND receiver = name) AS f WHERE first IS NOT NULL
        """;

    public async ValueTask<IReadOnlyList<Callback>> ClaimDueAsync(DateTimeOffset now, DateTimeOffset until, CallbackRoom room, CancellationToken cancellationToken)
    {
        var receivers = await database.ReadAsync(
            new($"SELECT name FROM ({Receivers}) AS r WHERE first <= $1 ORDER BY first", now.ToUnixTimeMilliseconds()), static r => r.GetString(0), cancellationToken);
        var claimed = new List<Callback>();
        foreach (var receiver in receivers)
        {
            if (Math.Min(room.At(receiver), room.All - claimed.Count) is > 0 and var limit)
            {
                // One whose answer is lost on the way is tried after its hold.
                claimed.AddRange(await database.ReadAsync(
                    new(
                        """
                        WITH due AS MATERIALIZED (
                          SELECT id FROM deliveries WHERE wake IS NOT NULL AND receiver = $1 AND wake <= $2 ORDER BY wake LIMIT $4 FOR UPDATE SKIP LOCKED)
                        UPDATE deliveries AS d SET wake = $3 FROM due WHERE d.id = due.id RETURNING d.id, d.generation, d.url, d.attempts, d.due
                        """,
                        receiver, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), limit),
                    static r => new Callback(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt32(3), Time(r.GetInt64(4))), cancellationToken));
            }
        }

        return claimed;
    }

    public async ValueTask<DateTimeOffset?> NextDueAsync(CallbackRoom room, CancellationToken cancellationToken)
    {
        var free = (await database.ReadAsync(new(Receivers), static r => (Name: r.GetString(0), First: r.GetInt64(1)), cancellationToken)).FindAll(r => room.At(r.Name) > 0);
        return free.Count > 0 ? Time(free.Min(r => r.First)) : null;
    }

    public async ValueTask SettleAsync(Callback callback, CallbackTry last, CallbackStatus status, DateTimeOffset? due, CancellationToken cancellationToken)
    {
        // A try is known by when it began, so that one whose answer is lost on the way is not written down twice. What is due later than it was has been asked for
        // again meanwhile: it is let go of and stays due.
        var attempts = status == CallbackStatus.Delivered ? callback.Attempts : callback.Attempts + 1;
        await writer.WriteAsync(
            new(
                """
                WITH settled AS (
                  UPDATE deliveries AS d SET tries = tries + 1, status = CASE WHEN d.due > $12 THEN d.status ELSE $2 END, attempts = CASE WHEN d.due > $12 THEN d.attempts ELSE $3 END,
                    due = CASE WHEN d.due > $12 THEN d.due ELSE coalesce($4, d.due) END, wake = CASE WHEN d.due > $12 THEN d.due ELSE $4 END
                  WHERE id = $1 AND NOT EXISTS (
                    SELECT 1 FROM delivery_tries AS t WHERE t.delivery = $1 AND t.number = tries AND t.at = $5
                      AND ((attempts = $3 AND wake IS NOT DISTINCT FROM $4) OR (d.due > $12 AND wake = d.due)))
                  RETURNING id, tries),
                tried AS (INSERT INTO delivery_tries (delivery, number, at, status, error, took) SELECT id, tries, $5, $6, $7, $8 FROM settled),
                trimmed AS (DELETE FROM delivery_tries AS t USING settled AS s WHERE t.delivery = s.id AND t.number <= s.tries - $9)
                UPDATE deliveries SET status = 'gone', wake = NULL WHERE $2 = 'gone' AND generation = $10 AND url = $11 AND status = 'pending' AND id <> $1
                """,
                callback.Id, RowNames.Of(status), attempts, due?.ToUnixTimeMilliseconds(), last.At.ToUnixTimeMilliseconds(), last.Status, last.Error, last.TookMs,
                ICallbackStore.KeptTries, callback.Generation, callback.Url, callback.Due.ToUnixTimeMilliseconds()),
            cancellationToken, callback.Id);
    }

    public async ValueTask RemoveAsync(string id, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("DELETE FROM deliveries WHERE id = $1", id), cancellationToken, id);

    public async ValueTask<IReadOnlyList<CallbackRecord>> ListAsync(string generation, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            new(
                """
                SELECT d.id, d.url, d.status, d.due, t.at, t.status, t.error, t.took
                FROM (SELECT * FROM deliveries WHERE generation = $1 ORDER BY id LIMIT $2) AS d LEFT JOIN delivery_tries AS t ON t.delivery = d.id ORDER BY d.id, t.number
                """,
                generation, ICallbackStore.Listed),
            static r => (Record: new CallbackRecord(r.GetString(0), r.GetString(1), RowNames.CallbackStatusOf(r.GetString(2)), Time(r.GetInt64(3)), []), Try: TryOf(r)), cancellationToken);
        return [.. rows.GroupBy(r => r.Record.Id).Select(g => g.First().Record with
        {
            Due = g.First().Record.Status == CallbackStatus.Pending ? g.First().Record.Due : null,
            Tries = [.. g.Select(r => r.Try).OfType<CallbackTry>()],
        })];
    }

    public ValueTask<int> RedeliverAsync(string generation, string? id, DateTimeOffset now, CancellationToken cancellationToken) => writer.WriteAsync(
        new(
            """
            WITH renewed AS (
              UPDATE deliveries SET status = 'pending', attempts = 0, due = CASE WHEN wake > greatest(due, $3) THEN greatest(due + 1, $3) ELSE $3 END,
                wake = CASE WHEN wake > greatest(due, $3) THEN wake ELSE $3 END
              WHERE generation = $1 AND ($2 IS NULL OR id = $2))
            SELECT count(*)::integer FROM deliveries WHERE generation = $1 AND ($2 IS NULL OR id = $2)
            """,
            generation, id, now.ToUnixTimeMilliseconds()),
        PostgresWriter.NumberAsync, cancellationToken, id ?? generation);

    private static CallbackTry? TryOf(NpgsqlDataReader row) => row.IsDBNull(4)
        ? null
        : new CallbackTry(Time(row.GetInt64(4)), row.IsDBNull(5) ? null : row.GetInt32(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7));

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
