using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// The places of generations that wait for a turn, as their drivers have reported them. They lie in a table of their own: a report neither writes the large rows of generations
/// anew nor waits for what is written of them.
/// </summary>
internal sealed class PostgresQueue(PostgresDatabase database) : IQueuePlaces
{
    /// <summary>A place counts for three reports; it is forgotten with a later one of any replica.</summary>
    public const string Tables = """
        CREATE TABLE queue_places (
          generation text COLLATE "C" PRIMARY KEY,
          owner text COLLATE "C" NOT NULL,
          place integer NOT NULL,
          estimated_ms bigint,
          at timestamptz NOT NULL) WITH (fillfactor = 50);
        """;

    /// <summary>The place of a generation; NULL where none is known.</summary>
    public const string PlaceOf = """
        CASE WHEN open AND status = 'processing' THEN
          (SELECT ARRAY[place, estimated_ms] FROM queue_places WHERE queue_places.generation = generations.id AND at >= clock_timestamp() - interval '15 seconds') END
        """;

    public async ValueTask ReportAsync(string owner, IReadOnlyList<WaitingPlace> places, CancellationToken cancellationToken)
    {
        // By itself, so that no other write and no lease waits for it. The order keeps two replicas from waiting for each other.
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new Statement(
            """
            INSERT INTO queue_places (generation, owner, place, estimated_ms, at)
              SELECT g, $1, p, e, now() FROM unnest($2, $3, $4) AS w (g, p, e) ORDER BY g
              ON CONFLICT (generation) DO UPDATE SET owner = excluded.owner, place = excluded.place, estimated_ms = excluded.estimated_ms, at = excluded.at
            """,
            owner, places.Select(p => p.Id).ToArray(), places.Select(p => (long)p.Position).ToArray(), places.Select(p => p.EstimatedMs).ToArray()).InBatch());
        batch.BatchCommands.Add(new Statement(
            "DELETE FROM queue_places WHERE generation IN (SELECT generation FROM queue_places WHERE at < now() - interval '1 minute' OR (owner = $1 AND at < now()) FOR UPDATE SKIP LOCKED)",
            owner).InBatch());
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
