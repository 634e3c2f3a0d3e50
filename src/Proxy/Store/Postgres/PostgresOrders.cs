using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Finds the orders of generations at other replicas.</summary>
internal sealed class PostgresOrders : IOrdersElsewhere
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
    private readonly PostgresDatabase _database;
    private readonly PostgresWriter _writer;
    private readonly StoreOwner _owner;
    private readonly TimeSpan _lease;
    private readonly PostgresInquiry _inquiry;

    public PostgresOrders(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, StoreOwner owner, IOptions<StoreOptions> options, TimeProvider time)
    {
        (_database, _writer, _owner, _lease) = (database, writer, owner, options.Value.Lease);
        _inquiry = new PostgresInquiry("generation", database, feed, owner, _lease, time, KeepAsync);
    }

    public void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled) => _inquiry.Serve(give, settled);

    public async ValueTask<string?> TakeAsync(
        string client, byte[] fingerprint, DateTimeOffset since, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, Action<string> taken, CancellationToken cancellationToken) =>
        (await _inquiry.TakeAsync(
            async cancel => await LookAsync(client, fingerprint, since, mayAnswer, isDriven, cancel), ClaimAsync, taken, client, fingerprint, cancellationToken))?.Id;

    public async ValueTask<IReadOnlySet<string>> TakenByOthersAsync(IReadOnlyList<string> generations, CancellationToken cancellationToken)
    {
        string[] ids = [.. generations];
        var others = await OthersAsync(ids, cancellationToken);
        if (others.Count == 0)
        {
            return others;
        }

        // Another token: who has seen it at the dead replica cannot claim it any more.
        await _writer.WriteAsync(
            new(
                $"""
                UPDATE order_holders SET holder = $1, claim = $4 WHERE generation = ANY($2) AND holder <> $1
                  AND NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.id = holder AND NOT {PostgresInquiry.IsGone("$1", "$3")})
                """,
                _owner.Id, ids, _lease, Guid.NewGuid().ToString("n")),
            cancellationToken);
        return await OthersAsync(ids, cancellationToken);
    }

    /// <summary>Those that are not this replica's, oldest first. What it holds and does not drive it has from another.</summary>
    private async ValueTask<List<OrderElsewhere>> LookAsync(
        string client, byte[] fingerprint, DateTimeOffset since, Func<GenerationState, bool> mayAnswer, Func<string, bool> isDriven, CancellationToken cancellationToken)
    {
        var rows = await _database.ReadAsync(
            new(
                $"""
                WITH equal AS MATERIALIZED (
                  SELECT id FROM generations WHERE by_content AND client = $1 AND fingerprint = $2 AND created >= $3 ORDER BY created DESC LIMIT $4)
                SELECT {GenerationRow.Columns}, g.owner, h.holder, h.claim FROM generations AS g JOIN equal USING (id) LEFT JOIN order_holders AS h ON h.generation = g.id
                WHERE NOT EXISTS (SELECT 1 FROM answered AS a WHERE a.generation = g.id) ORDER BY created DESC, g.id DESC
                """,
                client, fingerprint, since.ToUnixTimeMilliseconds(), MostEqual),
            static r => (State: GenerationRow.Read(r), Owner: r.GetString(4), TakenBy: r.IsDBNull(5) ? null : r.GetString(5), Token: r.IsDBNull(6) ? null : r.GetString(6)), cancellationToken);
        return rows
            .Select(r => new OrderElsewhere(
                r.State.Id, r.TakenBy ?? (r.Owner == _owner.Id && r.State.IsOpen && !isDriven(r.State.Id) ? null : r.Owner.Length > 0 ? r.Owner : r.State.EndedBy), r.TakenBy, r.Token, r.Owner,
                mayAnswer(r.State)))
            .Where(o => o.Holder != _owner.Id).Reverse().ToList();
    }

    private async ValueTask<HashSet<string>> OthersAsync(string[] ids, CancellationToken cancellationToken) => (await _database.ReadAsync(
        new("SELECT generation FROM order_holders WHERE generation = ANY($1) AND holder <> $2", ids, _owner.Id), static r => r.GetString(0), cancellationToken))
        .ToHashSet(StringComparer.Ordinal);

    /// <summary>
    /// Writes down that this replica has it, where nobody has claimed or kept it since it was seen. Of one that nobody had taken, and that was not offered, its generation must not have
    /// been taken up, or ended, meanwhile: whoever did that has its order.
    /// </summary>
    private async ValueTask<bool> ClaimAsync(Claim claim) => await _writer.WriteAsync(
        new(
            """
            WITH found AS (SELECT id FROM generations WHERE id = $1 AND ($5 OR owner = $6) FOR NO KEY UPDATE),
            claimed AS (
              INSERT INTO order_holders AS h (generation, holder, claim) SELECT id, $2, $3 FROM found
              ON CONFLICT (generation) DO UPDATE SET holder = $2, claim = $3 WHERE h.claim = $3 OR h.claim = $4 RETURNING 1)
            SELECT count(*)::integer FROM claimed
            """,
            claim.Id, _owner.Id, claim.Token, claim.Seen?.Token, claim.IsOffered || claim.Seen?.TakenBy is not null, claim.Seen?.Owner),
        PostgresWriter.NumberAsync, CancellationToken.None, claim.Id) > 0;

    /// <summary>Keeps what was offered, so that a claim that comes later fails. What is not stored yet nobody can have claimed.</summary>
    private async ValueTask<bool> KeepAsync(string id) => await _writer.WriteAsync(
        new(
            """
            WITH kept AS (
              INSERT INTO order_holders AS h (generation, holder, claim) SELECT id, $2, $3 FROM generations WHERE id = $1
              ON CONFLICT (generation) DO UPDATE SET claim = $3 WHERE h.holder = $2 RETURNING 1)
            SELECT count(*)::integer FROM kept
            """,
            id, _owner.Id, Guid.NewGuid().ToString("n")),
        PostgresWriter.NumberAsync, CancellationToken.None, id) > 0 || (await OthersAsync([id], CancellationToken.None)).Count == 0;
}
