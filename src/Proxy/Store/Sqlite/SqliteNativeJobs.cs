using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Native jobs in the SQLite file of the data folder.</summary>
internal sealed class SqliteNativeJobs(SqliteDatabase database, SqliteWriter writer) : INativeJobs
{
    private readonly PreparedCommand _add = new(
        "INSERT INTO native_jobs (provider, native_id, destination, created) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING");

    public async ValueTask AddAsync(string provider, string nativeId, string destination, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _add.Run(connection, provider, nativeId, destination, now.ToUnixTimeMilliseconds()), cancellationToken);

    public string? Find(string provider, IEnumerable<string> nativeIds)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT destination FROM native_jobs WHERE provider = $1 AND native_id = $2";
        command.Parameters.AddWithValue("$1", provider);
        var id = command.Parameters.AddWithValue("$2", "");
        foreach (var candidate in nativeIds)
        {
            id.Value = candidate;
            if (command.ExecuteScalar() is string destination)
            {
                return destination;
            }
        }

        return null;
    }
}
