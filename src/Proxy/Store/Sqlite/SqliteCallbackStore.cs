using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Rows;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Callbacks in the SQLite file of the data folder. <c>wake</c> is when somebody may try one: when it is due, or when the hold of another has run out.</summary>
internal sealed class SqliteCallbackStore(SqliteReader reader, SqliteWriter writer) : ICallbackStore
{
    /// <summary>The first row of each receiver; the index is entered once per receiver, however many deliveries wait there.</summary>
    private const string Receivers = """
        WITH RECURSIVE receivers (name) AS (
          SELECT min(receiver) FROM deliveries WHERE wake IS NOT NULL
          UNION ALL
          SELECT (SELECT min(receiver) FROM deliveries WHERE wake IS NOT NULL AND receiver > name) FROM receivers WHERE name IS NOT NULL)
        SELECT name, (SELECT min(wake) FROM deliveries WHERE wake IS NOT NULL AND receiver = name) AS first FROM receivers WHERE name IS NOT NULL
        """;

    private readonly PreparedCommand _remove = new("DELETE FROM deliveries WHERE id = ?1");
    private readonly PreparedCommand _removeTries = new("DELETE FROM delivery_tries WHERE delivery = ?1");

    private readonly PreparedCommand _settle = new("""
        UPDATE deliveries SET status = ?2, attempts = ?3, due = coalesce(?4, due), wake = ?4, tries = tries + 1,
          sum = row_sum(id, generation, url, receiver, ?3, coalesce(?4, due), ?2, tries + 1)
        WHERE id = ?1 AND due <= ?5
        """);

    // It was asked for again while it was on its way.
    private readonly PreparedCommand _settleAgain = new("""
        UPDATE deliveries SET wake = due, tries = tries + 1, sum = row_sum(id, generation, url, receiver, attempts, due, status, tries + 1) WHERE id = ?1 AND due > ?2
        """);

    private readonly PreparedCommand _addTry = new("""
        INSERT INTO delivery_tries (delivery, number, at, status, error, took, sum)
        SELECT id, tries, ?2, ?3, ?4, ?5, row_sum(id, tries, ?2, ?3, ?4, ?5) FROM deliveries WHERE id = ?1
        """);

    private readonly PreparedCommand _trim = new(
        $"DELETE FROM delivery_tries WHERE delivery = ?1 AND number <= (SELECT tries FROM deliveries WHERE id = ?1) - {ICallbackStore.KeptTries}");

    private readonly PreparedCommand _endOthers = new("""
        UPDATE deliveries SET status = 'gone', wake = NULL, sum = row_sum(id, generation, url, receiver, attempts, due, 'gone', tries)
        WHERE generation = ?1 AND url = ?2 AND status = 'pending' AND id <> ?3
        """);

    public ValueTask<IReadOnlyList<Callback>> ClaimDueAsync(DateTimeOffset now, DateTimeOffset until, CallbackRoom room, CancellationToken cancellationToken) =>
        writer.WriteAsync<IReadOnlyList<Callback>>(
            connection =>
            {
                var claimed = new List<Callback>();
                using var receivers = connection.Command(Receivers + " AND first <= $1 ORDER BY first", now.ToUnixTimeMilliseconds());
                foreach (var receiver in receivers.All(r => r.GetString(0)))
                {
                    if (Math.Min(room.At(receiver), room.All - claimed.Count) is > 0 and var limit)
                    {
                        claimed.AddRange(Claim(connection, receiver, now, until, limit));
                    }
                }

                return claimed;
            },
            cancellationToken,
            hasParts: true);

    public ValueTask<DateTimeOffset?> NextDueAsync(CallbackRoom room, CancellationToken cancellationToken) => reader.ReadAsync<DateTimeOffset?>(
        connection =>
        {
            using var command = connection.Command(Receivers);
            var free = command.All(r => (Name: r.GetString(0), First: r.GetInt64(1))).Where(r => room.At(r.Name) > 0).Select(r => r.First).ToList();
            return free.Count > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(free.Min()) : null;
        },
        cancellationToken);

    public async ValueTask SettleAsync(Callback callback, CallbackTry last, CallbackStatus status, DateTimeOffset? due, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            connection =>
            {
                var attempts = status == CallbackStatus.Delivered ? callback.Attempts : callback.Attempts + 1;
                if (_settle.Run(connection, callback.Id, RowNames.Of(status), attempts, due?.ToUnixTimeMilliseconds(), callback.Due.ToUnixTimeMilliseconds()) == 0)
                {
                    _settleAgain.Run(connection, callback.Id, callback.Due.ToUnixTimeMilliseconds());
                }

                _addTry.Run(connection, callback.Id, last.At.ToUnixTimeMilliseconds(), last.Status, last.Error, last.TookMs);
                _trim.Run(connection, callback.Id);
                return status == CallbackStatus.Gone ? _endOthers.Run(connection, callback.Generation, callback.Url, callback.Id) : 0;
            },
            cancellationToken,
            hasParts: true,
            _ => callback.Id);

    public async ValueTask RemoveAsync(string id, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _remove.Run(connection, id) + _removeTries.Run(connection, id), cancellationToken, hasParts: true);

    public ValueTask<IReadOnlyList<CallbackRecord>> ListAsync(string generation, CancellationToken cancellationToken) =>
        reader.ReadAsync<IReadOnlyList<CallbackRecord>>(
            connection =>
            {
                using var command = connection.Command(
                    $"SELECT id, url, status, due FROM deliveries WHERE generation = $1 ORDER BY id LIMIT {ICallbackStore.Listed}", generation);
                return command.All(r => new CallbackRecord(r.GetString(0), r.GetString(1), RowNames.CallbackStatusOf(r.GetString(2)), Time(r.GetInt64(3)), []))
                    .ConvertAll(record => record with
                    {
                        Due = record.Status == CallbackStatus.Pending ? record.Due : null,
                        Tries = TriesOf(connection, record.Id),
                    });
            },
            cancellationToken);

    public ValueTask<int> RedeliverAsync(string generation, string? id, DateTimeOffset now, CancellationToken cancellationToken) => writer.WriteAsync(
        connection =>
        {
            // Held by somebody: wake lies after both the time it was due and now. It stays so, and whoever holds it finds that it is due later than it was.
            using var renew = connection.Command(
                """
                UPDATE deliveries SET status = 'pending', attempts = 0, due = next.due, wake = CASE WHEN next.held THEN wake ELSE next.due END,
                  sum = row_sum(deliveries.id, generation, url, receiver, 0, next.due, 'pending', tries)
                FROM (SELECT id, wake > max(due, $3) AS held, CASE WHEN wake > max(due, $3) THEN max(due + 1, $3) ELSE $3 END AS due FROM deliveries WHERE generation = $1) AS next
                WHERE deliveries.id = next.id AND ($2 IS NULL OR deliveries.id = $2)
                """,
                generation, id, now.ToUnixTimeMilliseconds());
            renew.ExecuteNonQuery();
            using var count = connection.Command("SELECT count(*) FROM deliveries WHERE generation = $1 AND ($2 IS NULL OR id = $2)", generation, id);
            return (int)(long)count.ExecuteScalar()!;
        },
        cancellationToken,
        hasParts: true);

    private static List<Callback> Claim(SqliteConnection connection, string receiver, DateTimeOffset now, DateTimeOffset until, int limit)
    {
        using var command = connection.Command(
            """
            UPDATE deliveries SET wake = $3
            WHERE id IN (SELECT id FROM deliveries WHERE wake IS NOT NULL AND receiver = $1 AND wake <= $2 ORDER BY wake LIMIT $4)
            RETURNING id, generation, url, attempts, due
            """,
            receiver, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), limit);
        return command.All(r => new Callback(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt32(3), Time(r.GetInt64(4))));
    }

    private static List<CallbackTry> TriesOf(SqliteConnection connection, string id)
    {
        using var command = connection.Command("SELECT at, status, error, took FROM delivery_tries WHERE delivery = $1 ORDER BY number", id);
        return command.All(r => new CallbackTry(
            Time(r.GetInt64(0)), r.IsDBNull(1) ? null : r.GetInt32(1), r.IsDBNull(2) ? null : r.GetString(2), r.GetInt64(3)));
    }

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
