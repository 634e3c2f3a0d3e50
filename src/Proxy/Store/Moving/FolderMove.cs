using System.Security.Cryptography;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Framegate.Proxy.Store.Moving;

/// <summary>
/// Moves what a data folder holds into the database and the bucket that replicas share. Each page is one transaction, which also notes how far it has come; a move that was
/// broken off, or is run again, goes on from there. What the replicas have made of it meanwhile, or forgotten, stays as it is.
/// </summary>
/// <param name="folder">The data folder; the caller holds it.</param>
/// <param name="source">The database in it, open.</param>
/// <param name="target">The database, with its tables.</param>
/// <param name="bucket">The bucket; null where there is none.</param>
/// <param name="inputs">The files that stored requests name.</param>
/// <param name="time">The clock.</param>
internal sealed class FolderMove(string folder, SqliteConnection source, PostgresDatabase target, MediaBucket? bucket, InputFolder inputs, TimeProvider time)
{
    private const int Page = 200;
    private const int UploadsAtOnce = 4;

    // Not a step of the tables: only a move needs it.
    private const string Notes = "CREATE TABLE IF NOT EXISTS moves (source text PRIMARY KEY, generations bigint NOT NULL DEFAULT 0, spend boolean NOT NULL DEFAULT false)";

    // The generations that were passed over: each run is to name them, however often it is run.
    private const string Passed = "CREATE TABLE IF NOT EXISTS moves_passed (source text, generation text, PRIMARY KEY (source, generation))";
    private readonly string _id = (string)source.Command("SELECT id FROM store").ExecuteScalar()!;

    /// <summary>What was moved.</summary>
    public MoveCounts Counts { get; } = new();

    /// <remarks>
    /// 1. Media, so that no generation is there before its results are.
    /// 2. What generations do not name: clients, jobs of native routes, what forgotten ones have cost.
    /// 3. Generations with their keys and callbacks. From the first of them on the replicas drive what is open.
    /// </remarks>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await target.ConnectAsync(cancellationToken);
        await RunAsync(connection, null, new(Notes), cancellationToken);
        await RunAsync(connection, null, new(Passed), cancellationToken);
        await RunAsync(connection, null, new("INSERT INTO moves (source) VALUES ($1) ON CONFLICT DO NOTHING", _id), cancellationToken);

        // 1.
        await MoveMediaAsync(connection, cancellationToken);

        // 2.
        await MoveRowsAsync(
            connection, "clients", "SELECT name, state, revision FROM clients ORDER BY name LIMIT $1 OFFSET $2",
            r => new("INSERT INTO clients (name, state, revision) VALUES (lower($1), $2, $3) ON CONFLICT DO NOTHING", r.GetString(0), r.GetString(1), r.GetInt32(2)), cancellationToken);
        await NameStrangersAsync(cancellationToken);
        await MoveRowsAsync(
            connection, "native jobs", "SELECT provider, native_id, destination, client, created FROM native_jobs ORDER BY provider, native_id LIMIT $1 OFFSET $2",
            r => new(
                "INSERT INTO native_jobs (provider, native_id, destination, client, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                r.GetString(0), r.GetString(1), r.GetString(2), Text(r, 3), r.GetInt64(4)),
            cancellationToken);
        if ((await MovedAsync(cancellationToken)) == 0)
        {
            // Later on replicas may have given their answers and forgotten them: these must not come back.
            await MoveRowsAsync(
                connection, "native orders", "SELECT id, client, fingerprint, at, answer FROM native_orders ORDER BY id LIMIT $1 OFFSET $2",
                r => new(
                    "INSERT INTO native_orders (id, owner, client, fingerprint, at, answer) VALUES ($1, '', $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    r.GetString(0), r.GetString(1), r.GetFieldValue<byte[]>(2), r.GetInt64(3), r.IsDBNull(4) ? null : r.GetFieldValue<byte[]>(4)),
                cancellationToken);
        }

        await MoveRowsAsync(
            connection, "answers given", "SELECT generation, at FROM answered ORDER BY at, generation LIMIT $1 OFFSET $2",
            r => new("INSERT INTO answered (generation, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", r.GetString(0), r.GetInt64(1)), cancellationToken);
        await MoveSpendAsync(connection, cancellationToken);

        // 3.
        await MoveGenerationsAsync(connection, cancellationToken);
    }

    /// <summary>A client of the same name that is not this one has come from another folder, or was made at a replica: the keys of this one would be gone without a word.</summary>
    private async Task NameStrangersAsync(CancellationToken cancellationToken)
    {
        using var command = source.Command("SELECT name, state FROM clients ORDER BY name");
        foreach (var (name, state) in command.All(r => (r.GetString(0), r.GetString(1))))
        {
            var others = await target.ReadAsync(
                new("SELECT 1 FROM clients WHERE name = lower($1) AND (state::json ->> 'created') IS DISTINCT FROM ($2::json ->> 'created')", name, state), static _ => true, cancellationToken);
            if (others.Count > 0)
            {
                Counts.Problems.Add($"client {name}: another one has its name, and its keys stay behind");
            }
        }
    }

    private async Task MoveMediaAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = "SELECT id, generation, content_type, bytes, sha256, created, expires FROM media WHERE id > $1 ORDER BY id LIMIT $2";
        for (var after = ""; ;)
        {
            using var command = source.Command(Sql, after, Page);
            var page = command.All(r => (Generation: r.GetString(1), Media: new StoredMedia(
                r.GetString(0), r.GetString(2), r.GetInt64(3), r.GetString(4), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(5)),
                r.IsDBNull(6) ? null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(6)))));
            if (page.Count == 0)
            {
                return;
            }

            after = page[^1].Media.Id;
            await Parallel.ForEachAsync(
                page.Select(p => p.Media), new ParallelOptions { MaxDegreeOfParallelism = UploadsAtOnce, CancellationToken = cancellationToken }, async (media, cancel) => await UploadAsync(media, cancel));
            var moved = await InsertAsync(
                connection, null,
                page.ConvertAll(p => new Statement(
                    "INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                    p.Media.Id, p.Generation, p.Media.ContentType, p.Media.Bytes, p.Media.Sha256, p.Media.CreatedAt.ToUnixTimeMilliseconds(), p.Media.ExpiresAt?.ToUnixTimeMilliseconds())),
                cancellationToken);
            Counts.Add("media", page.Count, moved);
        }
    }

    /// <summary>Brings a file into the bucket, unless it is there, or too old to be kept.</summary>
    private async Task UploadAsync(StoredMedia media, CancellationToken cancellationToken)
    {
        if (media.ExpiresAt < time.GetUtcNow() || await bucket!.HasAsync(media.Id, media.Bytes, cancellationToken))
        {
            return;
        }

        var path = MediaStore.PathIn(Path.Combine(folder, "media"), media.Id);
        var isWhole = false;
        if (File.Exists(path))
        {
            await using var file = File.OpenRead(path);
            isWhole = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) == media.Sha256;
        }

        if (isWhole)
        {
            await bucket.StoreAsync(path, media.Id, media.ContentType, cancellationToken);
            lock (Counts)
            {
                Counts.Add("files", 1, 1);
            }

            return;
        }

        lock (Counts)
        {
            Counts.Problems.Add($"media {media.Id}: its file is {(File.Exists(path) ? "not what was stored" : "missing")} in the folder");
        }
    }

    /// <summary>What forgotten generations have cost, once.</summary>
    private async Task MoveSpendAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var command = source.Command("SELECT day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge FROM spend");
        var rows = command.All(r => new Statement(
            """
            INSERT INTO spend AS s (day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (day, client, provider, model) DO UPDATE SET generations = s.generations + excluded.generations, cost = s.cost + excluded.cost,
              estimated = s.estimated + excluded.estimated, failed_cost = s.failed_cost + excluded.failed_cost, failed = s.failed + excluded.failed,
              saved = s.saved + excluded.saved, charge = s.charge + excluded.charge
            """,
            r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4), Money.OfMillionths(r.GetInt64(5)), Money.OfMillionths(r.GetInt64(6)), Money.OfMillionths(r.GetInt64(7)),
            r.GetInt64(8), Money.OfMillionths(r.GetInt64(9)), Money.OfMillionths(r.GetInt64(10))));
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isFirst = await RunAsync(connection, transaction, new("UPDATE moves SET spend = true WHERE source = $1 AND NOT spend", _id), cancellationToken) == 1;
        var moved = isFirst ? await InsertAsync(connection, transaction, rows, cancellationToken) : 0;
        await transaction.CommitAsync(cancellationToken);
        Counts.Add("days of spending", rows.Count, moved);
    }

    private async Task MoveGenerationsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT seq, state, request, fingerprint, by_content, native_id, cancelled, hidden, attachment, version FROM generations WHERE seq > $1 ORDER BY seq LIMIT $2
            """;
        var done = await MovedAsync(cancellationToken);
        var passed = await target.ReadAsync(new("SELECT generation FROM moves_passed WHERE source = $1 ORDER BY generation", _id), static r => r.GetString(0), cancellationToken);
        using (var known = source.Command("SELECT count(*) FROM generations WHERE seq <= $1", done))
        {
            Counts.Add("generations", (long)known.ExecuteScalar()! - passed.Count, 0);
        }

        Counts.Problems.AddRange(passed.Select(IsTaken));

        while (true)
        {
            using var command = source.Command(Sql, done, Page);
            var page = command.All(OldGeneration.Read);
            if (page.Count == 0)
            {
                return;
            }

            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var stored = new List<OldGeneration>();
            foreach (var old in page)
            {
                await using var insert = WithInputs(old).Insert().On(connection);
                insert.Transaction = transaction;
                if ((InsertOutcome)(int)(await insert.ExecuteScalarAsync(cancellationToken))! == InsertOutcome.Stored)
                {
                    stored.Add(old);
                }
                else
                {
                    Counts.Problems.Add(IsTaken(old.State.Id));
                    await RunAsync(connection, transaction, new("INSERT INTO moves_passed (source, generation) VALUES ($1, $2) ON CONFLICT DO NOTHING", _id, old.State.Id), cancellationToken);
                }
            }

            await InsertAsync(connection, transaction, stored.ConvertAll(o => o.Complete()), cancellationToken);
            Counts.Add("idempotency keys", 0, await InsertAsync(connection, transaction, [.. stored.SelectMany(KeysOf)], cancellationToken));
            Counts.Add("callbacks", 0, await InsertAsync(connection, transaction, [.. stored.SelectMany(DeliveriesOf)], cancellationToken));
            Counts.Add("tries of callbacks", 0, await InsertAsync(connection, transaction, [.. stored.SelectMany(TriesOf)], cancellationToken));
            await RunAsync(connection, transaction, new("UPDATE moves SET generations = $2 WHERE source = $1", _id, page[^1].Number), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Counts.Add("generations", stored.Count, stored.Count);
            Counts.Add("generations that are open", 0, stored.Count(o => o.State.IsOpen));
            done = page[^1].Number;
        }
    }

    private static string IsTaken(string id) => $"generation {id}: another one has its id";

    /// <summary>The row of the last generation that was moved; 0 for none.</summary>
    private async Task<long> MovedAsync(CancellationToken cancellationToken) =>
        (await target.ReadAsync(new("SELECT generations FROM moves WHERE source = $1", _id), static r => r.GetInt64(0), cancellationToken))[0];

    private OldGeneration WithInputs(OldGeneration old) =>
        old with { Request = old.Request with { Body = InputFolder.Whole(old.Request.Body, [.. inputs.Restore(old.Request.Body).All]) } };

    private List<Statement> KeysOf(OldGeneration old)
    {
        using var command = source.Command("SELECT client, key, generation, fingerprint FROM idempotency_keys WHERE generation = $1", old.State.Id);
        return command.All(r => new Statement(
            "INSERT INTO idempotency_keys (client, key, generation, fingerprint) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            r.GetString(0), r.GetString(1), r.GetString(2), r.GetFieldValue<byte[]>(3)));
    }

    private List<Statement> DeliveriesOf(OldGeneration old)
    {
        using var command = source.Command("SELECT id, generation, url, receiver, attempts, due, wake, status, tries FROM deliveries WHERE generation = $1", old.State.Id);
        return command.All(r => new Statement(
            "INSERT INTO deliveries (id, generation, url, receiver, attempts, due, wake, status, tries) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
            r.GetString(0), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt32(4), r.GetInt64(5), r.IsDBNull(6) ? (long?)null : r.GetInt64(6), r.GetString(7), r.GetInt32(8)));
    }

    private List<Statement> TriesOf(OldGeneration old)
    {
        using var command = source.Command(
            "SELECT t.delivery, t.number, t.at, t.status, t.error, t.took FROM delivery_tries AS t JOIN deliveries AS d ON d.id = t.delivery WHERE d.generation = $1", old.State.Id);
        return command.All(r => new Statement(
            "INSERT INTO delivery_tries (delivery, number, at, status, error, took) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
            r.GetString(0), r.GetInt32(1), r.GetInt64(2), r.IsDBNull(3) ? (int?)null : r.GetInt32(3), Text(r, 4), r.GetInt64(5)));
    }

    private async Task MoveRowsAsync(NpgsqlConnection connection, string kind, string sql, Func<SqliteDataReader, Statement> read, CancellationToken cancellationToken)
    {
        for (var at = 0; ; at += Page)
        {
            using var command = source.Command(sql, Page, at);
            var page = command.All(read);
            Counts.Add(kind, page.Count, await InsertAsync(connection, null, page, cancellationToken));
            if (page.Count < Page)
            {
                return;
            }
        }
    }

    /// <summary>Runs statements in one round trip.</summary>
    /// <returns>How many rows they have changed.</returns>
    private static async Task<int> InsertAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, List<Statement> statements, CancellationToken cancellationToken)
    {
        if (statements.Count == 0)
        {
            return 0;
        }

        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var statement in statements)
        {
            batch.BatchCommands.Add(statement.InBatch());
        }

        return await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<int> RunAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, Statement statement, CancellationToken cancellationToken) =>
        InsertAsync(connection, transaction, [statement], cancellationToken);

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
