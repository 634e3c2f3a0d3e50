using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Native jobs in the SQLite file of the data folder.</summary>
internal sealed class SqliteNativeJobs(SqliteDatabase database, SqliteReader reader, SqliteWriter writer) : INativeJobs
{
    private readonly PreparedCommand _add = new(
        "INSERT INTO native_jobs (provider, native_id, destination, created, sum) VALUES (?1, ?2, ?3, ?4, row_sum(?1, ?2, ?3, ?4)) ON CONFLICT DO NOTHING");

    public bool CanAdd => database.HasRoom() && writer.Problem is not StoreUnavailableException;

    public async ValueTask AddAsync(string provider, string nativeId, string destination, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _add.Run(connection, provider, nativeId, destination, now.ToUnixTimeMilliseconds()), cancellationToken, subject: _ => $"{provider}/{nativeId}");

    public ValueTask<string?> FindAsync(string provider, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken) => reader.ReadAsync(
        connection =>
        {
            using var command = connection.Command("SELECT destination FROM native_jobs WHERE provider = $1 AND native_id = $2", provider, "");
            foreach (var candidate in nativeIds)
            {
                command.Parameters[1].Value = candidate;
                if (command.ExecuteScalar() is string destination)
                {
                    return destination;
                }
            }

            return null;
        },
        cancellationToken);
}
