using System.Text.Json;
using Framegate.Proxy.Clients;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Clients in the SQLite file of the data folder.</summary>
internal sealed class SqliteClientStore(SqliteReader reader, SqliteWriter writer) : IClientStore
{
    private readonly PreparedCommand _put = new("""
        INSERT INTO clients (name, state, revision, sum) SELECT ?1, ?2, ?3, row_sum(?1, ?2, ?3) WHERE ?3 = 1 OR EXISTS (SELECT 1 FROM clients WHERE name = ?1)
        ON CONFLICT (name) DO UPDATE SET state = ?2, revision = ?3, sum = row_sum(name, ?2, ?3) WHERE revision = ?3 - 1
        """);

    public bool IsShared => false;

    public ValueTask<IReadOnlyList<ClientRecord>> ListAsync(CancellationToken cancellationToken) => reader.ReadAsync<IReadOnlyList<ClientRecord>>(
        connection =>
        {
            using var command = connection.Command($"SELECT state, sum IS {RowSums.OfClient} FROM clients ORDER BY name");
            return command.All(r => JsonSerializer.Deserialize(r.Checked(1, "The row of a client").GetString(0), ClientRecordJson.Default.ClientRecord)!);
        },
        cancellationToken);

    public async ValueTask<bool> TryPutAsync(ClientRecord client, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(client, ClientRecordJson.Default.ClientRecord);
        return await writer.WriteAsync(connection => _put.Run(connection, client.Name, json, client.Revision), cancellationToken, subject: _ => null) > 0;
    }

    // The data folder belongs to one process.
    public Task NextChangeAsync(IReadOnlyList<ClientRecord> known, CancellationToken cancellationToken) => new TaskCompletionSource().Task.WaitAsync(cancellationToken);
}
