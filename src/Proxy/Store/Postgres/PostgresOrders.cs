using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Finds the orders of generations at other replicas.</summary>
internal sealed class PostgresOrders(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, StoreOwner owner, TimeProvider time) : IOrdersElsewhere
{
    /// <summary>Who has taken an order that was another's. Without a row it is where its generation is driven, or was ended.</summary>
    public const string Tables = """
        CREATE TABLE order_holders (
          generation text COLLATE "C" PRIMARY KEY REFERENCES generations (id) ON DELETE CASCADE,
          holder text COLLATE "C" NOT NULL,
          claim text COLLATE "C" NOT NULL);
        """;

    // Of equal orders the newest count; the index is not read further for one who sends the same for hours.
    private const int MostEqual = 200;
    private const int MostAsked = 16;
    private readonly PostgresInquiry _inquiry = new("generation", database, feed, time);

    public void Serve(Func<ContentKey, GivenOrder> give) => _inquiry.Serve(give);

    public async ValueTask<string?> TakeAsync(
        string client, byte[] fingerprint, DateTimeOffset since, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            new(
                $"""
                WITH equal AS MATERIALIZED (
                  SELECT id FROM generations WHERE by_content AND client = $1 AND fingerprint = $2 AND created >= $3 ORDER BY created DESC LIMIT $4)
                SELECT {GenerationRow.Columns}, g.owner, h.holder FROM generations AS g JOIN equal USING (id) LEFT JOIN order_holders AS h ON h.generation = g.id
                WHERE NOT EXISTS (SELECT 1 FROM answered AS a WHERE a.generation = g.id) ORDER BY created DESC, g.id DESC LIMIT $5
                """,
                client, fingerprint, since.ToUnixTimeMilliseconds(), MostEqual, MostAsked),
            static r => (State: GenerationRow.Read(r), Owner: r.GetString(4), TakenBy: r.IsDBNull(5) ? null : r.GetString(5)), cancellationToken);
        var found = rows.Where(r => mayAnswer(r.State))
            .Select(r => new OrderElsewhere(r.State.Id, r.TakenBy ?? (r.Owner == owner.Id && r.State.IsOpen && !isDriven(r.State.Id) ? null : r.Owner.Length > 0 ? r.Owner : r.State.EndedBy), r.TakenBy))
            .Where(o => o.Holder != owner.Id).Reverse().ToList();
        var claim = Guid.NewGuid().ToString("n");
        return await _inquiry.TakeAsync(found, (id, order) => ClaimAsync(id, order, claim, cancellationToken), client, fingerprint, cancellationToken);
    }

    public async ValueTask<IReadOnlySet<string>> TakenByOthersAsync(IReadOnlyList<string> generations, CancellationToken cancellationToken)
    {
        string[] ids = [.. generations];
        var others = await OthersAsync(ids, cancellationToken);
        if (others.Count == 0)
        {
            return others;
        }

        await writer.WriteAsync(
            new(
                """
                UPDATE order_holders SET holder = $1 WHERE generation = ANY($2) AND holder <> $1
                  AND NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.id = holder AND lease_until >= clock_timestamp())
                """,
                owner.Id, ids),
            cancellationToken);
        return await OthersAsync(ids, cancellationToken);
    }

    private async ValueTask<HashSet<string>> OthersAsync(string[] ids, CancellationToken cancellationToken) => (await database.ReadAsync(
        new("SELECT generation FROM order_holders WHERE generation = ANY($1) AND holder <> $2", ids, owner.Id), static r => r.GetString(0), cancellationToken))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>Writes down that this replica has it. Of several that come at once one does; what its holder has given away is nobody else's.</summary>
    private async ValueTask<bool> ClaimAsync(string id, OrderElsewhere? order, string claim, CancellationToken cancellationToken) => await writer.WriteAsync(
        new(
            """
            WITH claimed AS (
              INSERT INTO order_holders AS h (generation, holder, claim) SELECT id, $2, $3 FROM generations WHERE id = $1
              ON CONFLICT (generation) DO UPDATE SET holder = $2, claim = $3 WHERE $5 OR h.claim = $3 OR h.holder = $4 RETURNING 1)
            SELECT count(*)::integer FROM claimed
            """,
            id, owner.Id, claim, order?.TakenBy, order is null),
        PostgresWriter.NumberAsync, cancellationToken, id) > 0;
}
