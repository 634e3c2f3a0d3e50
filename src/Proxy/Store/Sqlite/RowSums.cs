using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// Each row carries a checksum of its content. SQLite has none for its pages: a byte that flips inside a value leaves a row that reads well and is wrong.
/// </summary>
internal static class RowSums
{
    private const string Function = "row_sum";

    /// <summary>What the checksum of a generation covers. The owner is left out: a start clears it, and a claim need not read the whole row. So is the charge, which
    /// follows from the state.</summary>
    public const string OfGeneration =
        "row_sum(id, client, created, status, open, provider, native_id, fingerprint, state, request, revision, version, cancelled, hidden, by_content, attachment)";

    /// <summary>What the checksum of a delivery covers. <c>wake</c> is left out: it follows from <c>due</c> at each start.</summary>
    public const string OfDelivery = "row_sum(id, generation, url, receiver, attempts, due, status, tries)";

    /// <summary>The tables whose rows carry a checksum, in a column <c>sum</c>.</summary>
    public static readonly SummedTable[] Tables =
    [
        new("store", "one", OfStore, "'the count of commits'"),
        new("generations", "seq", OfGeneration, "'generation ' || id"),
        new("idempotency_keys", null, OfKey, "'the idempotency key of generation ' || generation"),
        new("media", null, OfMedia, "'media ' || id || ' of generation ' || generation"),
        new("native_jobs", null, OfNativeJob, "'the native job ' || provider || '/' || native_id"),
        new("native_orders", null, OfNativeOrder, "'the native order ' || id"),
        new("deliveries", null, OfDelivery, "'the callback ' || id || ' of generation ' || generation"),
        new("delivery_tries", null, OfTry, "'a try of the callback ' || delivery"),
        new("spend", null, OfSpend, "'the spending of ' || client || ' on ' || day"),
        new("clients", null, OfClient, "'the client ' || name"),
    ];

    /// <summary>What the checksum of the count of commits covers.</summary>
    public const string OfStore = "row_sum(id, commits)";

    /// <summary>What the checksum of an idempotency key covers.</summary>
    public const string OfKey = "row_sum(client, key, generation, fingerprint)";

    /// <summary>What the checksum of a file covers.</summary>
    public const string OfMedia = "row_sum(id, generation, content_type, bytes, sha256, created, expires)";

    /// <summary>What the checksum of a day's spending covers.</summary>
    public const string OfSpend = "row_sum(day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge)";

    /// <summary>What the checksum of a client covers.</summary>
    public const string OfClient = "row_sum(name, state, revision)";

    /// <summary>What the checksum of a native order covers. The owner is left out: whoever takes the order need not read its answer.</summary>
    public const string OfNativeOrder = "row_sum(id, client, fingerprint, at, answer)";

    [ThreadStatic]
    private static XxHash3? _hash;

    private const string OfNativeJob = "row_sum(provider, native_id, destination, client, created)";
    private const string OfTry = "row_sum(delivery, number, at, status, error, took)";

    /// <summary>Gives the connection the function <c>row_sum(...)</c>.</summary>
    public static void AddTo(SqliteConnection connection) =>
        raw.sqlite3_create_function(connection.Handle, Function, -1, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, Sum);

    /// <summary>Whether a table is there: an earlier build has made a file without the latest.</summary>
    public static bool Exists(SqliteConnection connection, string table)
    {
        using var command = connection.Command("SELECT count(*) FROM sqlite_schema WHERE name = $1", table);
        return command.ExecuteScalar() is > 0L;
    }

    /// <summary>Gives each row its checksum that has none yet: those of builds without them.</summary>
    public static void Fill(SqliteConnection connection)
    {
        foreach (var table in Tables.Where(t => Exists(connection, t.Name)))
        {
            using var fill = connection.Command($"UPDATE {table.Name} SET sum = {table.Sum} WHERE sum IS NULL");
            fill.ExecuteNonQuery();
        }
    }

    /// <summary>Checks a row that is read.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column that is 1 when its checksum is right.</param>
    /// <param name="kind">What it is, for the message.</param>
    /// <exception cref="DamagedRowException">It is not.</exception>
    public static SqliteDataReader Checked(this SqliteDataReader row, int column, string kind) =>
        row.GetInt64(column) != 0 ? row : throw new DamagedRowException(kind);

    private static void Sum(sqlite3_context context, object user, sqlite3_value[] values)
    {
        // Once for each thread: a new one for each row would be one in thirty of all bytes allocated.
        var hash = _hash ??= new XxHash3();
        hash.Reset();
        Span<byte> head = stackalloc byte[1 + sizeof(long)];
        foreach (var value in values)
        {
            // The kind and the length of each value count too: ('a', 'b') is not ('ab', NULL).
            var kind = raw.sqlite3_value_type(value);
            head[0] = (byte)kind;
            var bytes = ReadOnlySpan<byte>.Empty;
            switch (kind)
            {
                case raw.SQLITE_INTEGER:
                    BinaryPrimitives.WriteInt64LittleEndian(head[1..], raw.sqlite3_value_int64(value));
                    break;
                case raw.SQLITE_FLOAT:
                    BinaryPrimitives.WriteDoubleLittleEndian(head[1..], raw.sqlite3_value_double(value));
                    break;
                case raw.SQLITE_NULL:
                    head[1..].Clear();
                    break;
                default:
                    bytes = raw.sqlite3_value_blob(value);
                    BinaryPrimitives.WriteInt64LittleEndian(head[1..], bytes.Length);
                    break;
            }

            hash.Append(head);
            hash.Append(bytes);
        }

        raw.sqlite3_result_int64(context, unchecked((long)hash.GetCurrentHashAsUInt64()));
    }
}

/// <summary>A table whose rows carry a checksum.</summary>
/// <param name="Name">The table.</param>
/// <param name="RowId">The column that is the row's number; null for a table without one.</param>
/// <param name="Sum">The expression of the checksum.</param>
/// <param name="Subject">An expression that names a row in a message.</param>
internal sealed record SummedTable(string Name, string? RowId, string Sum, string Subject);
