using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Callbacks in the SQLite file of the data folder.</summary>
internal sealed class SqliteCallbackStore(SqliteReader reader, SqliteWriter writer) : ICallbackStore
{
    private readonly PreparedCommand _remove = new("DELETE FROM deliveries WHERE id = ?1");
    private readonly PreparedCommand _postpone = new("UPDATE deliveries SET attempts = ?2, due = ?3, held_until = 0 WHERE id = ?1");

    public ValueTask<IReadOnlyList<Callback>> ClaimDueAsync(DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken) =>
        writer.WriteAsync<IReadOnlyList<Callback>>(
            connection =>
            {
                using var command = connection.Command(
                    """
                    UPDATE deliveries SET held_until = $2
                    WHERE id IN (SELECT id FROM deliveries WHERE due <= $1 AND held_until <= $1 ORDER BY due LIMIT $3)
                    RETURNING id, generation, url, attempts, due
                    """,
                    now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), limit);
                return command.All(r => new Callback(r.GetString(0), r.GetString(1), r.GetString(2), r.GetInt32(3), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(4))));
            },
            cancellationToken);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => reader.ReadAsync<DateTimeOffset?>(
        connection =>
        {
            using var command = connection.Command("SELECT min(max(due, held_until)) FROM deliveries");
            return command.ExecuteScalar() is long due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
        },
        cancellationToken);

    public async ValueTask RemoveAsync(string id, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _remove.Run(connection, id), cancellationToken);

    public async ValueTask PostponeAsync(string id, int attempts, DateTimeOffset due, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _postpone.Run(connection, id, attempts, due.ToUnixTimeMilliseconds()), cancellationToken);
}
