using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Framegate.Plugins;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>What replicas on one database do for each other.</summary>
internal sealed class PostgresFleet(PostgresDatabase database, PostgresWriter writer, PostgresFeed feed, IOptions<StoreOptions> options, TimeProvider time) : IFleet
{
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    public bool IsShared => true;

    public TimeSpan Lease { get; } = options.Value.Lease;

    public TimeSpan Beat => Lease / 5;

    public async ValueTask ReleaseAsync(string owner, IReadOnlyList<string>? ids, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(
            ids is null
                ? new("WITH left_to_others AS (UPDATE generations SET owner = '' WHERE open AND owner = $1) DELETE FROM replicas WHERE id = $1", owner)
                : new("UPDATE generations SET owner = '' WHERE open AND owner = $1 AND id = ANY($2)", owner, (string[])[.. ids]),
            cancellationToken);
        feed.Released();
        await feed.FlushAsync(cancellationToken);
    }

    public Task NextReleaseAsync() => feed.NextRelease;

    public async ValueTask<IReadOnlyList<string>> ListHeldAsync(string owner, CancellationToken cancellationToken) => await database.ReadAsync(
        new("SELECT id FROM generations WHERE open AND owner = $1 ORDER BY created, id", owner), static row => row.GetString(0), cancellationToken);

    public async ValueTask<IReadOnlyList<ClaimedGeneration>> ReadHeldAsync(string owner, IReadOnlyList<string> ids, CancellationToken cancellationToken) => await database.ReadAsync(
        new($"SELECT {GenerationRow.Columns}, request FROM generations WHERE open AND owner = $1 AND id = ANY($2) ORDER BY created, id", owner, ids.ToArray()),
        PostgresGenerationStore.ReadClaimed, cancellationToken);

    public async IAsyncEnumerable<FleetWish> WishesAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Before the look: what is wished after it is not missed.
            var next = feed.NextWish;
            List<FleetWish> wishes = [];
            try
            {
                wishes = await database.ReadAsync(
                    new(
                        """
                        SELECT id, cancelled, called, news FROM generations WHERE open AND owner = $1 AND (cancelled OR called IS NOT NULL)
                        UNION ALL SELECT id, cancelled, called, news FROM generations WHERE open AND owner = $1 AND news IS NOT NULL AND NOT cancelled AND called IS NULL
                        """,
                        owner),
                    static r => WishOf(r.GetString(0), r.GetBoolean(1), r.IsDBNull(2) ? null : r.GetFieldValue<byte[]>(2), r.IsDBNull(3) ? null : r.GetFieldValue<byte[]>(3)),
                    cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // They are still there when the database is back.
            }

            foreach (var wish in wishes)
            {
                yield return wish;
            }

            await next.WaitAsync(PauseBetweenLooks, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // However long ago the job has ended: the insert has found that it counts.
    public ValueTask<GenerationState?> FindSharedJobAsync(string sharedJob, CancellationToken cancellationToken) => database.FirstAsync(
        new(
            $"SELECT {GenerationRow.Columns} FROM generations WHERE id = (SELECT leader FROM flights WHERE key = $1)",
            PostgresGenerationStore.SharedJobKey(sharedJob)),
        GenerationRow.Read, cancellationToken);

    public async ValueTask<bool> IsFollowedAsync(string id, CancellationToken cancellationToken) =>
        (await database.ReadAsync(new("SELECT 1 FROM generations WHERE open AND follows = $1 AND NOT cancelled LIMIT 1", id), static _ => true, cancellationToken)).Count > 0;

    // An earlier build takes jobs alone, and does not know of which submit.
    public async ValueTask NotifyAsync(string id, SubmitFindings findings, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(new("UPDATE generations SET called = $2, news = $3 WHERE id = $1 AND open", id, Bytes(findings.Job), Bytes(findings)), cancellationToken, id);
        feed.Wished();
    }

    // Each for itself, and by its bytes: an earlier build changes the one alone, and a later one may write what this one writes in another way.
    public async ValueTask TakenAsync(FleetWish wish, CancellationToken cancellationToken) => await writer.WriteAsync(
        new(
            """
            UPDATE generations SET called = CASE WHEN called = $2 THEN NULL ELSE called END, news = CASE WHEN news = $3 THEN NULL ELSE news END
            WHERE id = $1 AND (called = $2 OR news = $3)
            """,
            wish.Id, wish.StoredCall, wish.StoredFindings),
        cancellationToken, wish.Id);

    private static byte[]? Bytes(JobHandle? job) => job is null ? null : JsonSerializer.SerializeToUtf8Bytes(job, GenerationJson.Default.JobHandle);

    private static byte[] Bytes(SubmitFindings findings) => JsonSerializer.SerializeToUtf8Bytes(findings, GenerationJson.Default.SubmitFindings);

    private static FleetWish WishOf(string id, bool cancel, byte[]? call, byte[]? findings) => new(id, cancel, FindingsOf(call, findings)) { StoredCall = call, StoredFindings = findings };

    /// <summary>What is known of a submit. Where an earlier build has left word of another job since, that is the latest.</summary>
    private static SubmitFindings? FindingsOf(byte[]? call, byte[]? findings)
    {
        var known = findings is null ? null : Read(findings, GenerationJson.Default.SubmitFindings);
        return call is null || (known is not null && call.AsSpan().SequenceEqual(Bytes(known.Job))) ? known
            : Read(call, GenerationJson.Default.JobHandle) is { } job ? new SubmitFindings(null, 0) { Job = job }
            : null;
    }

    /// <summary>Reads what another replica has left. What only a later build can read is left to one: every other replica of this build would stop at it too.</summary>
    private static T? Read<T>(byte[] json, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public async ValueTask<int> ReportAsync(string owner, ReplicaReport report, CancellationToken cancellationToken) => await writer.WriteAsync(
        new(
            """
            WITH forgotten AS (
              DELETE FROM replicas AS r WHERE id <> $1 AND lease_until < clock_timestamp() - $3::interval AND NOT EXISTS (SELECT 1 FROM generations WHERE open AND owner = r.id)),
            reported AS (UPDATE replicas SET about = $2 WHERE id = $1)
            SELECT count(*)::integer FROM replicas WHERE lease_until >= clock_timestamp()
            """,
            owner, JsonSerializer.SerializeToUtf8Bytes(report, ReplicaJson.Default.ReplicaReport), Remembered),
        PostgresWriter.NumberAsync, cancellationToken);

    public async ValueTask<IReadOnlyList<ReplicaRow>> ListAsync(CancellationToken cancellationToken) => await database.ReadAsync(
        new("SELECT id, lease_until, lease_until >= clock_timestamp(), about FROM replicas ORDER BY id"),
        static r => new ReplicaRow(
            r.GetString(0), r.GetFieldValue<DateTimeOffset>(1), r.GetBoolean(2),
            r.IsDBNull(3) ? null : JsonSerializer.Deserialize(r.GetFieldValue<byte[]>(3), ReplicaJson.Default.ReplicaReport)),
        cancellationToken);
}
