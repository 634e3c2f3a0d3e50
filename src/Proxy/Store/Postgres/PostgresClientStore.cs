using System.Text.Json;
using Framegate.Proxy.Clients;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Clients in the database that replicas share.</summary>
internal sealed class PostgresClientStore(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, TimeProvider time) : IClientStore
{
    // A notification can be lost, or have no way through a pooler; a revoked key must open nothing a second later all the same.
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromMilliseconds(750);

    public bool IsShared => true;

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

    public async Task NextChangeAsync(IReadOnlyList<ClientRecord> known, CancellationToken cancellationToken)
    {
        // No client is ever deleted, and each change counts its revision up.
        var seen = known.Sum(c => (long)c.Revision);
        while (true)
        {
            // Before the look: what is notified after it is not missed.
            var next = feed.NextClients;
            if ((await database.ReadAsync(new("SELECT coalesce(sum(revision), 0)::bigint FROM clients"), static r => r.GetInt64(0), cancellationToken))[0] != seen)
            {
                return;
            }

            await next.WaitAsync(PauseBetweenLooks, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
