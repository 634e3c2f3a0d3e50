using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Native orders in the database that replicas share. An order is left when its replica has no lease any more.</summary>
internal sealed class PostgresNativeOrders(PostgresDatabase database, PostgresWriter writer) : INativeOrders
{
    // Nobody knows when one without an answer was lost: it may have been on its way for an hour.
    private const string IsLeft = "owner <> $1 AND (at >= $4 OR (answer IS NULL AND at >= $4 - 3600000)) AND NOT EXISTS (SELECT 1 FROM replicas AS r WHERE r.id = owner AND lease_until >= clock_timestamp())";

    public async ValueTask BeginAsync(string id, string owner, string client, byte[] fingerprint, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            new(
                "INSERT INTO native_orders (id, owner, client, fingerprint, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                id, owner, client, fingerprint, now.ToUnixTimeMilliseconds()),
            cancellationToken, id);

    public async ValueTask AnswerAsync(string id, byte[] answer, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("UPDATE native_orders SET answer = $2, at = $3 WHERE id = $1", id, answer, now.ToUnixTimeMilliseconds()), cancellationToken, id);

    public async ValueTask<LostNativeOrder?> TakeAsync(string owner, string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var oldest = since.ToUnixTimeMilliseconds();
        var some = await database.ReadAsync(
            new($"SELECT 1 FROM native_orders WHERE client = $2 AND fingerprint = $3 AND {IsLeft} LIMIT 1", owner, client, fingerprint, oldest), static _ => true, cancellationToken);
        if (some.Count == 0)
        {
            return null;
        }

        // Should it have to run twice, since its own answer was lost, it finds what it took the first time.
        var taking = Guid.CreateVersion7().ToString();
        return await writer.WriteAsync(
            new(
                $"""
                UPDATE native_orders SET owner = $1, taking = $5 WHERE id = (
                  SELECT id FROM native_orders WHERE client = $2 AND fingerprint = $3 AND (taking = $5 OR ({IsLeft}))
                  ORDER BY taking = $5 DESC NULLS LAST, at, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, answer
                """,
                owner, client, fingerprint, oldest, taking),
            static async (rows, cancel) => await rows.ReadAsync(cancel) ? new LostNativeOrder(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetFieldValue<byte[]>(1)) : null,
            cancellationToken);
    }

    public async ValueTask ForgetAsync(IReadOnlyCollection<string> ids, DateTimeOffset before, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("DELETE FROM native_orders WHERE id = ANY($1) OR at < $2", (string[])[.. ids], before.ToUnixTimeMilliseconds()), cancellationToken);
}
