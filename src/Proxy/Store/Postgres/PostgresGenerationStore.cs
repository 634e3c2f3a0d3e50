using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Rows;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Generations in the database that replicas share.</summary>
internal sealed class PostgresGenerationStore(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, TimeProvider time) : IGenerationStore, IGenerationReports
{
    /// <summary>How long after its success a job answers identical requests at other replicas, whose caches may not have received it yet.</summary>
    internal static readonly TimeSpan SharedJobGrace = TimeSpan.FromSeconds(10);

    // Notifications can be lost; this look is the truth.
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(2);

    public Task NextChangeAsync() => feed.Local.NextOfAny();

    public async ValueTask<InsertOutcome> InsertAsync(GenerationChange first, StoredRequest request, CancellationToken cancellationToken)
    {
        var state = first.State;
        var sharedJob = first.SharedJob is null ? null : SharedJobKey(first.SharedJob);

        // Those of one job wait for each other, so each batch begins them in the same order.
        var outcome = (InsertOutcome)await writer.WriteAsync(
            GenerationRow.Insert(first, request, StateJson.Write(state), sharedJob, GraceOf(state)), PostgresWriter.NumberAsync, cancellationToken,
            sharedJob is null ? state.Id : "~" + Convert.ToHexString(sharedJob),
            new("DELETE FROM generations WHERE id = $1 AND client = $2 AND owner = $3 AND revision = $4", state.Id, state.Client, state.IsOpen ? first.Owner : "", state.Revision));
        if (outcome == InsertOutcome.Stored)
        {
            feed.Began();
        }

        return outcome;
    }

    public async ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
    {
        var outcome = (SaveOutcome)await writer.WriteAsync(
            GenerationRow.Save(change, StateJson.Write(change.State)), PostgresWriter.NumberAsync, cancellationToken, change.State.Id);
        if (outcome == SaveOutcome.Saved)
        {
            feed.Changed(change.State.Id);
        }

        return outcome;
    }

    public ValueTask<GenerationState?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.FirstAsync(new($"SELECT {GenerationRow.ShownColumns} FROM generations WHERE id = $1", id), GenerationRow.ReadShown, cancellationToken);

    public ValueTask<KnownRequest?> FindKeyAsync(string client, string key, CancellationToken cancellationToken) => database.FirstAsync(
        new("SELECT generation, fingerprint FROM idempotency_keys WHERE client = $1 AND key = $2", client, key),
        static r => new KnownRequest(r.GetString(0), r.GetFieldValue<byte[]>(1)), cancellationToken);

    public ValueTask<byte[]?> FindFingerprintAsync(string id, CancellationToken cancellationToken) =>
        database.FirstAsync(new("SELECT fingerprint FROM generations WHERE id = $1", id), static r => r.GetFieldValue<byte[]>(0), cancellationToken);

    public async ValueTask<IReadOnlyList<string>> FindRepeatsAsync(string client, byte[] fingerprint, DateTimeOffset since, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            new(
                "SELECT id FROM generations WHERE by_content AND client = $1 AND fingerprint = $2 AND created >= $3 ORDER BY created DESC, id DESC LIMIT 16",
                client, fingerprint, since.ToUnixTimeMilliseconds()),
            static r => r.GetString(0), cancellationToken);

    public async ValueTask<IReadOnlyList<(GenerationState State, byte[] Fingerprint)>> FindUnansweredAsync(DateTimeOffset since, int limit, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            new(
                $"""
                SELECT {GenerationRow.Columns}, fingerprint FROM generations AS g
                WHERE created >= $1 AND NOT EXISTS (SELECT 1 FROM answered AS a WHERE a.generation = g.id) ORDER BY created DESC, seq DESC LIMIT $2
                """,
                since.ToUnixTimeMilliseconds(), limit),
            static r => (GenerationRow.Read(r), r.GetFieldValue<byte[]>(4)), cancellationToken);

    public async ValueTask MarkAnsweredAsync(IReadOnlyList<string> ids, DateTimeOffset now, DateTimeOffset forgetBefore, CancellationToken cancellationToken) =>
        await writer.WriteAsync(
            new(
                """
                WITH forgotten AS (DELETE FROM answered WHERE at < $3 AND generation <> ALL($1))
                INSERT INTO answered (generation, at) SELECT DISTINCT i, $2::bigint FROM unnest($1) AS i ON CONFLICT DO NOTHING
                """,
                (string[])[.. ids], now.ToUnixTimeMilliseconds(), forgetBefore.ToUnixTimeMilliseconds()),
            cancellationToken);

    public async ValueTask<IReadOnlyList<GenerationState>?> ListAsync(GenerationFilter filter, CancellationToken cancellationToken)
    {
        long? created = null;
        if (filter.Cursor is { } cursor)
        {
            var place = await database.ReadAsync(new("SELECT created FROM generations WHERE id = $1 AND client = $2", cursor, filter.Client), static r => r.GetInt64(0), cancellationToken);
            if (place.Count == 0)
            {
                return null;
            }

            created = place[0];
        }

        var (sign, order) = filter.OldestFirst ? (">", "ASC") : ("<", "DESC");
        return await database.ReadAsync(
            new(
                $"""
                SELECT {GenerationRow.ShownColumns} FROM generations
                WHERE client = $1 AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR provider = $3){(filter.MayBeVideo ? " AND " + PostgresTables.MayBeVideo : "")}{(created is null ? "" : $" AND (created, id) {sign} ($4, $5)")}
                ORDER BY created {order}, id {order} LIMIT $6
                """,
                filter.Client, filter.Status, filter.Provider, created, filter.Cursor, filter.Limit),
            GenerationRow.ReadShown, cancellationToken);
    }

    public ValueTask<GenerationPage?> SearchAsync(GenerationSearch search, CancellationToken cancellationToken) => PostgresReports.SearchAsync(database, search, cancellationToken);

    public ValueTask<IReadOnlyList<SpendRow>> SpendAsync(DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        PostgresReports.SpendAsync(database, from, to, cancellationToken);

    public ValueTask<IReadOnlyList<ChargedRow>> ChargedAsync(DateOnly today, CancellationToken cancellationToken) => PostgresReports.ChargedAsync(database, today, cancellationToken);

    // What a first run has claimed a second one does not find any more.
    public ValueTask<IReadOnlyList<ClaimedGeneration>> ClaimAsync(string owner, TimeSpan lease, int limit, CancellationToken cancellationToken) => writer.WriteAsync(
        new("SELECT * FROM claim_generations_1($1, $2, $3, $4)", owner, lease, StateJson.Version, limit), ReadClaimedAsync, cancellationToken, isOnce: true);

    public async ValueTask RenewAsync(string owner, TimeSpan lease, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("SELECT renew_replica_1($1, $2)", owner, lease), cancellationToken);

    public async ValueTask<bool> TryTakeJobAsync(string id, string provider, string nativeId, CancellationToken cancellationToken)
    {
        try
        {
            await writer.WriteAsync(
                new("UPDATE generations SET native_id = $3 WHERE id = $1 AND provider = $2 AND native_id IS DISTINCT FROM $3", id, provider, nativeId), cancellationToken, id);
            return true;
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }
    }

    public async ValueTask RequestCancelAsync(string id, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(
            new(
                "WITH landed AS (DELETE FROM flights WHERE leader = $1 AND ended IS NULL) UPDATE generations SET cancelled = true WHERE id = $1 AND open",
                id),
            cancellationToken, id);
        feed.Changed(id);
        feed.Wished();
    }

    public async ValueTask HideAsync(string id, CancellationToken cancellationToken) =>
        await writer.WriteAsync(new("UPDATE generations SET hidden = true, attachment = NULL WHERE id = $1", id), cancellationToken, id);

    public async IAsyncEnumerable<GenerationState> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (GenerationState? last = null; ;)
        {
            // Before the look: what changes after it is not missed.
            var next = feed.Local.Next(id);
            GenerationState? state;
            var isAway = false;
            try
            {
                state = await FindAsync(id, cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // Whoever watches knows it; it is still there when the database is back.
                (state, isAway) = (last, true);
            }

            if (state is null && !isAway)
            {
                yield break;
            }

            if (state is not null && (last is null || (state.Revision, state.CancelRequested, state.Hidden, state.IsOpen) != (last.Revision, last.CancelRequested, last.Hidden, last.IsOpen)))
            {
                last = state;
                yield return state;
            }

            if (state is { IsOpen: false })
            {
                yield break;
            }

            await next.WaitAsync(PauseBetweenLooks, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask<int> ForgetAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var until = before.ToUnixTimeMilliseconds();
        await writer.WriteAsync(new("WITH orders AS (DELETE FROM native_orders WHERE at < $1) DELETE FROM native_jobs WHERE created < $1", until), cancellationToken);
        var forgotten = await writer.WriteAsync(
            new("SELECT forget_generations_2($1, $2)", until, limit),
            static async (rows, cancel) =>
            {
                var ids = new List<string>();
                while (await rows.ReadAsync(cancel))
                {
                    ids.Add(rows.GetString(0));
                }

                return ids;
            },
            cancellationToken);
        forgotten.ForEach(feed.Changed);
        return forgotten.Count;
    }

    /// <summary>
    /// What has ended since a request came in may not have been in the cache yet when that was looked into; and a busy replica stores its first write some seconds later.
    /// </summary>
    private TimeSpan GraceOf(GenerationState first) => time.GetUtcNow() - first.CreatedAt is { Ticks: > 0 } since ? SharedJobGrace + since : SharedJobGrace;

    /// <summary>The key of a job that identical requests may join; those of requests are long.</summary>
    internal static byte[] SharedJobKey(string sharedJob) => SHA256.HashData(Encoding.UTF8.GetBytes(sharedJob));

    private static async Task<IReadOnlyList<ClaimedGeneration>> ReadClaimedAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        var claimed = new List<ClaimedGeneration>();
        while (await rows.ReadAsync(cancellationToken))
        {
            claimed.Add(ReadClaimed(rows));
        }

        return claimed;
    }

    /// <summary>Reads a state and the body it was asked for with.</summary>
    internal static ClaimedGeneration ReadClaimed(NpgsqlDataReader row) => new(GenerationRow.Read(row), row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4));
}
