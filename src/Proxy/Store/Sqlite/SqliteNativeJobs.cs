using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Native jobs in the SQLite file of the data folder.</summary>
internal sealed class SqliteNativeJobs(SqliteDatabase database, SqliteReader reader, SqliteWriter writer) : INativeJobs
{
    private readonly PreparedCommand _add = new(
        "INSERT INTO native_jobs (provider, native_id, destination, client, created, sum) VALUES (?1, ?2, ?3, ?4, ?5, row_sum(?1, ?2, ?3, ?4, ?5)) ON CONFLICT DO NOTHING");

    public bool CanAdd => database.HasRoom() && writer.Problem is not StoreUnavailableException;

    public async ValueTask AddAsync(string provider, string nativeId, string destination, string? client, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            connection => _add.Run(connection, provider, nativeId, destination, client, now.ToUnixTimeMilliseconds()), cancellationToken, subject: _ => $"{provider}/{nativeId}");

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

    public ValueTask<IReadOnlySet<string>> OwnedAsync(
        string provider, IReadOnlyCollection<string> nativeIds, string client, CancellationToken cancellationToken) => reader.ReadAsync<IReadOnlySet<string>>(
        connection =>
        {
            var owned = new HashSet<string>(StringComparer.Ordinal);
            using var command = connection.Command("SELECT 1 FROM native_jobs WHERE provider = $1 AND native_id = $2 AND client = $3", provider, "", client);
            foreach (var id in nativeIds)
            {
                command.Parameters[1].Value = id;
                if (command.ExecuteScalar() is not null)
                {
                    owned.Add(id);
                }
            }

            return owned;
        },
        cancellationToken);
}
