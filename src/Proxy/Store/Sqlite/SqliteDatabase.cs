using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>The database file of the data folder.</summary>
/// <param name="path">The file.</param>
internal sealed class SqliteDatabase(string path)
{
    private readonly string _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();

    /// <summary>Creates the file when it does not exist, brings its tables up to date, and takes over what a build with a journal has left beside it.</summary>
    /// <param name="forgottenBefore">What is older than that is not taken over.</param>
    /// <exception cref="SqliteException">The file cannot be opened, or is not a database.</exception>
    /// <exception cref="InvalidOperationException">A later build has written it.</exception>
    public void Open(DateTimeOffset forgottenBefore)
    {
        using var connection = Connect();
        // Rows are of 1 to 2 KB: larger pages make fewer writes of them. A file keeps the size it began with.
        Run(connection, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        Run(connection, "BEGIN IMMEDIATE");
        var taken = (long)Ask(connection, "PRAGMA user_version")!;
        if (taken > SqliteMigrations.Steps.Length)
        {
            throw new InvalidOperationException($"{path} was written by a later build of Framegate (its tables are of version {taken}).");
        }

        if (taken == 0 && Ask(connection, "SELECT 1 FROM pragma_table_info('generations')") is not null
            && Ask(connection, "SELECT 1 FROM pragma_table_info('generations') WHERE name = 'revision'") is null)
        {
            Run(connection, "ALTER TABLE generations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0");
        }

        IReadOnlyList<string> journal = [];
        for (var step = taken; step < SqliteMigrations.Steps.Length; step++)
        {
            Run(connection, SqliteMigrations.Steps[step]);

            if (step == 0)
            {
                // On the tables that its build had: what comes after goes for its records too.
                journal = OldJournal.TakeOver(connection, Path.GetDirectoryName(path)!, forgottenBefore);
            }
        }

        if (taken > 0)
        {
            journal = OldJournal.TakeOver(connection, Path.GetDirectoryName(path)!, forgottenBefore);
        }

        Run(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {SqliteMigrations.Steps.Length}"));

        // This process alone holds the folder: whoever drove its generations before is gone.
        Run(connection, "UPDATE generations SET owner = NULL WHERE owner IS NOT NULL; DELETE FROM owners; UPDATE deliveries SET wake = due WHERE wake > due; COMMIT");
        foreach (var file in journal)
        {
            File.Delete(file);
        }
    }

    /// <summary>A connection. It keeps nothing in files outside the data folder.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Run(connection, "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;");
        return connection;
    }

    /// <summary>A connection for writing: a commit is on the disk when it returns.</summary>
    public SqliteConnection ConnectForWriting()
    {
        var connection = Connect();
        Run(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -32000;");
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
