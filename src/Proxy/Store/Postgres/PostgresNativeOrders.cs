using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Native orders in the database that replicas share. An order is left when its replica has no lease any more, or says that the caller has gone.</summary>
internal sealed class PostgresNativeOrders(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, TimeProvider time) : INativeOrders
{
    private const int MostAsked = 16;

    // Nobody knows when one without an answer was lost: it may have been on its way for an hour.
    private const string IsRecent = "(at >= $4 OR (answer IS NULL AND at >= $4 - 3600000))";
    private readonly PostgresInquiry _inquiry = new("native", database, feed, time);

    public void Serve(Func<ContentKey, GivenOrder> give) => _inquiry.Serve(give);

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
        var found = await database.ReadAsync(
            new(
                $"SELECT id, owner FROM native_orders WHERE owner <> $1 AND client = $2 AND fingerprint = $3 AND {IsRecent} ORDER BY at, id LIMIT $5",
                owner, client, fingerprint, since.ToUnixTimeMilliseconds(), MostAsked),
            static r => new OrderElsewhere(r.GetString(0), r.GetString(1), r.GetString(1)), cancellationToken);

        // Should a claim have to run twice, since its own answer was lost, it finds what it took the first time.
        var (taking, isGiven) = (Guid.CreateVersion7().ToString(), false);
        LostNativeOrder? lost = null;
        await _inquiry.TakeAsync(
            found,
            async (id, order) =>
            {
                isGiven = order is null;
                lost = await writer.WriteAsync(
                    new("UPDATE native_orders SET owner = $2, taking = $3 WHERE id = $1 AND (taking = $3 OR $4 IS NULL OR owner = $4) RETURNING id, answer", id, owner, taking, order?.TakenBy),
                    static async (rows, cancel) => await rows.ReadAsync(cancel) ? new LostNativeOrder(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetFieldValue<byte[]>(1)) : null,
                    cancellationToken, id);
                return lost is not null;
            },
            client, fingerprint, cancellationToken);
        return lost is null ? null : lost with { IsOver = isGiven };
    }

    public async ValueTask ForgetAsync(IReadOnlyCollection<string> ids, DateTimeOffset before, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("DELETE FROM native_orders WHERE id = ANY($1) OR at < $2", (string[])[.. ids], before.ToUnixTimeMilliseconds()), cancellationToken);
}
