using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Native orders in the database that replicas share. An order is left when its replica has no lease any more, or says that the caller has gone.</summary>
internal sealed class PostgresNativeOrders : INativeOrders
{
    private const int MostEqual = 200;

    // Nobody knows when one without an answer was lost: it may have been on its way for an hour.
    private const string IsRecent = "(at >= $4 OR (answer IS NULL AND at >= $4 - 3600000))";
    private readonly PostgresDatabase _database;
    private readonly PostgresWriter _writer;
    private readonly StoreOwner _owner;
    private readonly PostgresInquiry _inquiry;

    public PostgresNativeOrders(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, StoreOwner owner, IOptions<StoreOptions> options, TimeProvider time)
    {
        (_database, _writer, _owner) = (database, writer, owner);
        _inquiry = new PostgresInquiry("native", database, feed, owner, options.Value.Lease, time, KeepAsync);
    }

    public void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled) => _inquiry.Serve(give, settled);

    public async ValueTask BeginAsync(string id, string owner, string client, byte[] fingerprint, DateTimeOffset now, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(
            new(
                "INSERT INTO native_orders (id, owner, client, fingerprint, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                id, owner, client, fingerprint, now.ToUnixTimeMilliseconds()),
            cancellationToken, id);

    public async ValueTask AnswerAsync(string id, byte[] answer, DateTimeOffset now, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(new("UPDATE native_orders SET answer = $2, at = $3 WHERE id = $1", id, answer, now.ToUnixTimeMilliseconds()), cancellationToken, id);

    public async ValueTask<LostNativeOrder?> TakeAsync(string owner, string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken)
    {
        LostNativeOrder? lost = null;
        var taken = await _inquiry.TakeAsync(
            async cancel => await _database.ReadAsync(
                new(
                    $"SELECT id, owner, taking FROM native_orders WHERE owner <> $1 AND client = $2 AND fingerprint = $3 AND {IsRecent} ORDER BY at, id LIMIT $5",
                    owner, client, fingerprint, since.ToUnixTimeMilliseconds(), MostEqual),
                static r => new OrderElsewhere(r.GetString(0), r.GetString(1), r.GetString(1), r.IsDBNull(2) ? null : r.GetString(2), null), cancel),
            async claim =>
            {
                // Should it have to run twice, since its own answer was lost, it finds what it took the first time.
                lost = claim.Seen is not { } seen ? null : await _writer.WriteAsync(
                    new(
                        "UPDATE native_orders SET owner = $2, taking = $3 WHERE id = $1 AND (taking = $3 OR (owner = $4 AND taking IS NOT DISTINCT FROM $5)) RETURNING id, answer",
                        seen.Id, owner, claim.Token, seen.TakenBy, seen.Token),
                    static async (rows, cancel) => await rows.ReadAsync(cancel) ? new LostNativeOrder(rows.GetString(0), rows.IsDBNull(1) ? null : rows.GetFieldValue<byte[]>(1)) : null,
                    CancellationToken.None, seen.Id);
                lost = lost is null ? null : lost with { IsOver = claim.IsOffered };
                return lost is not null;
            },
            static _ => { }, client, fingerprint, cancellationToken);
        return taken is (var id, true) ? new LostNativeOrder(id, null) { IsHere = true } : lost;
    }

    /// <summary>Keeps what was offered, so that a claim that comes later fails. What is not stored any more was claimed, and answered since.</summary>
    private async ValueTask<bool> KeepAsync(string id) => await _writer.WriteAsync(
        new("UPDATE native_orders SET taking = $3 WHERE id = $1 AND owner = $2 RETURNING 1", id, _owner.Id, Guid.NewGuid().ToString("n")),
        static async (rows, cancel) => await rows.ReadAsync(cancel), CancellationToken.None, id);

    public async ValueTask ForgetAsync(IReadOnlyCollection<string> ids, DateTimeOffset before, CancellationToken cancellationToken) =>
        await _writer.WriteAsync(new("DELETE FROM native_orders WHERE id = ANY($1) OR at < $2", (string[])[.. ids], before.ToUnixTimeMilliseconds()), cancellationToken);
}
