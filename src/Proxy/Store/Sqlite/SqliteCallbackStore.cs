using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Callbacks in the SQLite file of the data folder.</summary>
internal sealed class SqliteCallbackStore(SqliteDatabase database, SqliteWriter writer) : ICallbackStore
{
    private readonly PreparedCommand _remove = new("DELETE FROM callbacks WHERE id = ?1");
    private readonly PreparedCommand _postpone = new("UPDATE callbacks SET attempts = ?2, due = ?3 WHERE id = ?1");

    public IReadOnlyList<Callback> Due(DateTimeOffset until, int limit)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, generation, url, attempts, due FROM callbacks WHERE due <= $1 ORDER BY due LIMIT $2";
        command.Parameters.AddWithValue("$1", until.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$2", limit);
        using var reader = command.ExecuteReader();
        var due = new List<Callback>();
        while (reader.Read())
        {
            due.Add(new Callback(
                reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(4))));
        }

        return due;
    }

    public DateTimeOffset? NextDue()
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT min(due) FROM callbacks";
        return command.ExecuteScalar() is long due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
    }

    public async ValueTask RemoveAsync(long id, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _remove.Run(connection, id), cancellationToken);

    public async ValueTask PostponeAsync(long id, int attempts, DateTimeOffset due, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _postpone.Run(connection, id, attempts, due.ToUnixTimeMilliseconds()), cancellationToken);
}
