using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// How the tables came to be what they are, step by step. The database remembers its steps; one never changes once it is released. Plain SQL under an advisory lock:
/// three replicas that start at once take each step once, the SQLite file is numbered the same way, and a library would bring one more place to look at.
/// </summary>
internal static class PostgresMigrations
{
    /// <summary>Any number, as long as nobody else in the database locks it.</summary>
    private const long LockKey = 0x4647_4442;

    private static readonly (string Name, string Sql, int WorksFrom)[] s_steps =
    [
        // What a build needs that works with a step: builds that know the steps up to the last number.
        ("tables", PostgresTables.First, 1),
        ("functions", PostgresFunctions.First, 1),
        ("native orders", PostgresTables.NativeOrders, 1),
        ("budgets", PostgresBudgets.Tables, 1),
        ("lists", PostgresTables.Lists, 1),
        ("videos", PostgresTables.Videos, 1),
        ("save", PostgresFunctions.Save, 1),
        ("news", PostgresTables.News, 1),
        ("news index", PostgresTables.NewsIndex, 1),
        ("parts", PostgresBudgets.Parts, 1),
        ("bills", PostgresTables.Bills, 1),
        ("spend by bill", PostgresSpend.Functions, 1),
        ("queue", PostgresQueue.Tables, 1),
        ("reserved", PostgresBudgets.Insert, 1),
        ("owners of holds", PostgresBudgets.Owners, 1),
        ("order holders", PostgresOrders.Tables, 1),
    ];

    /// <summary>Brings the tables up to date; several replicas may do so at once.</summary>
    /// <param name="connection">An open connection that nobody else uses.</param>
    /// <param name="schema">The schema that holds the tables; created when missing.</param>
    /// <param name="cancellationToken">Gives up; a step is taken whole, or not at all.</param>
    /// <exception cref="IOException">A later build has changed the tables in a way that this one does not know, or somebody has changed a step.</exception>
    public static async Task RunAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        var key = LockKey ^ BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(schema)));
        await using (var transaction = await LockAsync(connection, key, cancellationToken))
        {
            if (await AskAsync(connection, "SELECT 1 FROM pg_namespace WHERE nspname = $1", cancellationToken, new NpgsqlParameter<string> { TypedValue = schema }) is null)
            {
                await ExecuteAsync(connection, $"CREATE SCHEMA {PostgresDatabase.Quoted(schema)}", cancellationToken);
            }

            await ExecuteAsync(
                connection,
                "CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, works_from integer NOT NULL, at timestamptz NOT NULL DEFAULT now())",
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        var taken = await TakenAsync(connection, cancellationToken);
        for (var i = 0; i < s_steps.Length; i++)
        {
            if (!taken.Contains(i + 1))
            {
                await TakeAsync(connection, key, i + 1, s_steps[i], cancellationToken);
            }
        }
    }

    /// <summary>Holds off others until the transaction ends. A lock of the session would stay behind in a pooler that has given the session to somebody else meanwhile.</summary>
    private static async Task<NpgsqlTransaction> LockAsync(NpgsqlConnection connection, long key, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", cancellationToken, new NpgsqlParameter<long> { TypedValue = key });
        return transaction;
    }

    /// <summary>An id of the tables: of the schema, and of the moment to the microsecond in which they were begun.</summary>
    public static async Task<string> IdAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken) => (string)(await AskAsync(
        connection, "SELECT md5($1 || (extract(epoch FROM at) * 1000000)::bigint::text) FROM migrations WHERE version = 1", cancellationToken, new NpgsqlParameter<string> { TypedValue = schema }))!;

    private static async Task TakeAsync(NpgsqlConnection connection, long key, int version, (string Name, string Sql, int WorksFrom) step, CancellationToken cancellationToken)
    {
        await using var transaction = await LockAsync(connection, key, cancellationToken);
        if (await AskAsync(connection, "SELECT 1 FROM migrations WHERE version = $1", cancellationToken, new NpgsqlParameter<int> { TypedValue = version }) is not null)
        {
            // Another replica was first.
            return;
        }

        await ExecuteAsync(connection, step.Sql, cancellationToken);
        await ExecuteAsync(
            connection, "INSERT INTO migrations (version, name, sha256, works_from) VALUES ($1, $2, $3, $4)", cancellationToken, new NpgsqlParameter<int> { TypedValue = version },
            new NpgsqlParameter<string> { TypedValue = step.Name }, new NpgsqlParameter<string> { TypedValue = HashOf(step.Sql) }, new NpgsqlParameter<int> { TypedValue = step.WorksFrom });
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<HashSet<int>> TakenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var taken = new HashSet<int>();
        await using var command = new NpgsqlCommand("SELECT version, name, sha256, works_from FROM migrations ORDER BY version", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            var version = rows.GetInt32(0);
            if (version <= s_steps.Length && rows.GetString(2) != HashOf(s_steps[version - 1].Sql))
            {
                throw new IOException($"Step {version} ({rows.GetString(1)}) of its tables is not the one that this build has. Nothing was changed.");
            }

            if (rows.GetInt32(3) > s_steps.Length)
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture, $"A later build has changed its tables (step {version}) in a way that this one does not know. Nothing was changed."));
            }

            taken.Add(version);
        }

        return taken;
    }

    private static string HashOf(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<object?> AskAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
