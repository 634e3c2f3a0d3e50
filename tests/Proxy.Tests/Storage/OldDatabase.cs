using System.Globalization;
using System.Text;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Store.Rows;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A database as a build that knew so many steps has left it.</summary>
internal static class OldDatabase
{
    public const int Generations = 12;

    /// <summary>The versions whose rows have checksums.</summary>
    public static IEnumerable<int> Summed => Enumerable.Range(DatabaseCheck.Summed, SqliteMigrations.Steps.Length - DatabaseCheck.Summed + 1);

    /// <summary>The id of a generation.</summary>
    public static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"gen_{number:00}");

    /// <summary>What stands in the row of a generation, and nowhere else.</summary>
    public static string Marker(int number) => string.Create(CultureInfo.InvariantCulture, $"a picture of {number:00}");

    /// <summary>The state of a generation.</summary>
    public static GenerationState State(int number) => States.Accepted(Id(number), string.Create(CultureInfo.InvariantCulture, $"native-{number:00}")) with { Revision = 1 };

    /// <summary>Makes it, with a key and a callback for each generation, a client, a job and a file.</summary>
    /// <param name="folder">The data folder.</param>
    /// <param name="version">How many steps were taken.</param>
    public static string Create(string folder, int version)
    {
        var path = Path.Combine(folder, "framegate.db");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        RowSums.AddTo(connection);
        Run(connection, "PRAGMA page_size = 16384; PRAGMA journal_mode = DELETE; BEGIN");
        foreach (var step in SqliteMigrations.Steps[..version])
        {
            Run(connection, step);
        }

        for (var i = 0; i < Generations; i++)
        {
            var state = State(i);
            var request = States.Request($$"""{"prompt":"{{Marker(i)}} {{new string('x', 900)}}"}""");
            Run(
                connection,
                "INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request, revision) VALUES ($1, 'local', $2, $3, 1, 'flux', $4, $5, $6, $7, 1)",
                state.Id, state.CreatedAt.ToUnixTimeMilliseconds() + i, RowNames.Of(state.Status), state.Job!.NativeId, request.Fingerprint, StateJson.Write(state), request.Body);
            Run(connection, "INSERT INTO idempotency_keys (client, key, generation, fingerprint) VALUES ('local', $1, $2, $3)", $"key-{i:00}", state.Id, request.Fingerprint);
            if (version >= 4)
            {
                Run(
                    connection, "INSERT INTO deliveries (id, generation, url, attempts, due, wake, receiver) VALUES ($1, $2, 'https://a.example/hook', 1, 7, 7, 'a.example')",
                    $"msg_{i:00}", state.Id);
            }
        }

        Run(connection, "INSERT INTO native_jobs (provider, native_id, destination, created) VALUES ('sora', 'video_1', 'eu', $1)", States.Now.ToUnixTimeMilliseconds());
        if (version >= 7)
        {
            Run(connection, """INSERT INTO clients (name, state, revision) VALUES ('studio', '{"name":"studio","enabled":true}', 1)""");
        }

        if (version >= DatabaseCheck.Summed)
        {
            RowSums.Fill(connection);
            Run(connection, "UPDATE store SET commits = 3, sum = row_sum(id, 3)");
        }

        Run(connection, $"PRAGMA user_version = {version}; PRAGMA application_id = {SqliteDatabase.ApplicationId}; COMMIT");
        return path;
    }

    /// <summary>Changes the database.</summary>
    public static void Run(string path, string sql, params object?[] values)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        RowSums.AddTo(connection);
        Run(connection, sql, values);
    }

    /// <summary>Turns a bit of a text wherever it stands in the file: what was moved has left copies behind.</summary>
    public static void Flip(string path, string text)
    {
        var bytes = File.ReadAllBytes(path);
        var found = Encoding.UTF8.GetBytes(text);
        for (int at; (at = bytes.AsSpan().IndexOf(found)) >= 0;)
        {
            bytes[at] ^= 1;
        }

        File.WriteAllBytes(path, bytes);
    }

    private static void Run(SqliteConnection connection, string sql, params object?[] values)
    {
        using var command = connection.Command(sql, values);
        command.ExecuteNonQuery();
    }
}
