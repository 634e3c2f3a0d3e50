using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// A statement that is compiled once for the writer's connection. Parameters are <c>?1</c>, <c>?2</c>, ... . It speaks to SQLite
/// directly: a <see cref="SqliteCommand"/> makes a reader for each run, which costs as much as the change itself.
/// </summary>
internal sealed class PreparedCommand(string sql)
{
    private sqlite3? _database;
    private sqlite3_stmt? _statement;

    /// <summary>Runs it.</summary>
    /// <returns>How many rows changed.</returns>
    /// <exception cref="SqliteException">It failed.</exception>
    public int Run(SqliteConnection connection, params ReadOnlySpan<object?> values)
    {
        var database = connection.Handle ?? throw new InvalidOperationException("The connection is closed.");
        if (_statement is null || _database != database)
        {
            _statement?.Dispose();
            Check(database, raw.sqlite3_prepare_v3(database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
            _database = database;
        }

        try
        {
            for (var i = 0; i < values.Length; i++)
            {
                Check(database, Bind(_statement, i + 1, values[i]));
            }

            Check(database, raw.sqlite3_step(_statement));
            return raw.sqlite3_changes(database);
        }
        finally
        {
            // Its own result repeats that of the step.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    private static int Bind(sqlite3_stmt statement, int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        string text => raw.sqlite3_bind_text(statement, index, text),
        byte[] bytes => raw.sqlite3_bind_blob(statement, index, bytes),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        _ => throw new ArgumentException($"A {value.GetType().Name} cannot be bound.", nameof(value)),
    };

    private static void Check(sqlite3 database, int result)
    {
        if (result is not (raw.SQLITE_OK or raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            throw new SqliteException(raw.sqlite3_errmsg(database).utf8_to_string(), result, raw.sqlite3_extended_errcode(database));
        }
    }
}
