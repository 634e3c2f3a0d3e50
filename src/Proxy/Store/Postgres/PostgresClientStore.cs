using System.Text.Json;
using Framegate.Proxy.Clients;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Clients in the database that replicas share.</summary>
internal sealed class PostgresClientStore(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, TimeProvider time) : IClientStore
{
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(5);

    public async ValueTask<IReadOnlyList<ClientRecord>> ListAsync(CancellationToken cancellationToken) => await database.ReadAsync(
        new("SELECT state FROM clients ORDER BY name"), static r => JsonSerializer.Deserialize(r.GetString(0), ClientRecordJson.Default.ClientRecord)!, cancellationToken);

    public async ValueTask<bool> TryPutAsync(ClientRecord client, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(client, ClientRecordJson.Default.ClientRecord);

        // Names that differ in their case only are one.
        var stored = await writer.WriteAsync(
            new(
                """
                WITH put AS (
                  INSERT INTO clients AS c (name, state, revision) SELECT lower($1), $2, $3 WHERE $3 = 1 OR EXISTS (SELECT 1 FROM clients WHERE name = lower($1))
                  ON CONFLICT (name) DO UPDATE SET state = $2, revision = $3 WHERE c.revision = $3 - 1 RETURNING 1)
                SELECT count(*)::integer FROM put
                """,
                client.Name, json, client.Revision),
            PostgresWriter.NumberAsync, cancellationToken, client.Name) > 0;
        if (stored)
        {
            feed.ClientsChanged();
        }

        return stored;
    }

    public async Task NextChangeAsync(CancellationToken cancellationToken)
    {
        await feed.NextClients.WaitAsync(PauseBetweenLooks, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
