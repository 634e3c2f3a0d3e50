using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Native orders in the SQLite file of the data folder. Whoever else owns one is gone: one process at a time has the file.</summary>
internal sealed class SqliteNativeOrders(SqliteReader reader, SqliteWriter writer) : INativeOrders
{
    /// <summary>The longest that a submit may be on its way, milliseconds: nobody knows when one without an answer was lost.</summary>
    private const long LongestWait = 3_600_000;

    private readonly PreparedCommand _begin = new(
        "INSERT INTO native_orders (id, owner, client, fingerprint, at, sum) VALUES (?1, ?2, ?3, ?4, ?5, row_sum(?1, ?3, ?4, ?5, NULL)) ON CONFLICT DO NOTHING");

    private readonly PreparedCommand _answer = new("UPDATE native_orders SET answer = ?2, at = ?3, sum = row_sum(id, client, fingerprint, ?3, ?2) WHERE id = ?1");

    private readonly PreparedCommand _take = new("UPDATE native_orders SET owner = ?2 WHERE id = ?1 AND owner <> ?2");

    private readonly PreparedCommand _forget = new("DELETE FROM native_orders WHERE id = ?1");

    private readonly PreparedCommand _forgetOld = new("DELETE FROM native_orders WHERE at < ?1");

    // Whoever else owns one cannot write any more, so one look shows until when there is something to find.
    private volatile LeftOrders? _left;

    public async ValueTask BeginAsync(string id, string owner, string client, byte[] fingerprint, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(connection => _begin.Run(connection, id, owner, client, fingerprint, now.ToUnixTimeMilliseconds()), cancellationToken);
        if (_left?.Owner != owner)
        {
            _left = null;
        }
    }

    public async ValueTask AnswerAsync(string id, byte[] answer, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _answer.Run(connection, id, answer, now.ToUnixTimeMilliseconds()), cancellationToken);

    public async ValueTask<LostNativeOrder?> TakeAsync(string owner, string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var (asked, unanswered) = (since.ToUnixTimeMilliseconds(), since.ToUnixTimeMilliseconds() - LongestWait);
        if (await NewestOfOthersAsync(owner, cancellationToken) < unanswered)
        {
            return null;
        }

        while (true)
        {
            var lost = await reader.ReadAsync(
                connection =>
                {
                    // Nobody knows when one without an answer was lost: it may have been on its way for an hour.
                    using var command = connection.Command(
                        $"""
                        SELECT id, answer, sum IS {RowSums.OfNativeOrder} FROM native_orders
                        WHERE client = $1 AND fingerprint = $2 AND owner <> $3 AND (at >= $4 OR (answer IS NULL AND at >= $5)) ORDER BY at, id LIMIT 1
                        """,
                        client, fingerprint, owner, asked, unanswered);
                    return command.First(r => new LostNativeOrder(r.Checked(2, "The row of a native order").GetString(0), r.IsDBNull(1) ? null : r.GetFieldValue<byte[]>(1)));
                },
                cancellationToken);

            // Another call may have taken it between the look and the change.
            if (lost is null || await writer.WriteAsync(connection => _take.Run(connection, lost.Id, owner), cancellationToken) > 0)
            {
                return lost;
            }
        }
    }

    /// <summary>The time of the last order that is another owner's, Unix milliseconds; -1 where there is none.</summary>
    private async ValueTask<long> NewestOfOthersAsync(string owner, CancellationToken cancellationToken)
    {
        var left = _left;
        if (left?.Owner != owner)
        {
            left = await reader.ReadAsync(
                connection =>
                {
                    using var command = connection.Command("SELECT coalesce(max(at), -1) FROM native_orders WHERE owner <> $1", owner);
                    return new LeftOrders(owner, (long)command.ExecuteScalar()!);
                },
                cancellationToken);
            _left = left;
        }

        return left.Newest;
    }

    public async ValueTask ForgetAsync(IReadOnlyCollection<string> ids, DateTimeOffset before, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            connection =>
            {
                foreach (var id in ids)
                {
                    _forget.Run(connection, id);
                }

                return _forgetOld.Run(connection, before.ToUnixTimeMilliseconds());
            },
            cancellationToken,
            hasParts: true);

    /// <param name="Owner">Who looked.</param>
    /// <param name="Newest">The time of the last order of anybody else, Unix milliseconds.</param>
    private sealed record LeftOrders(string Owner, long Newest);
}
