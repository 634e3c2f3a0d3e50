using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Storage;

/// <summary>A statement that is compiled once for the writer's connection. Parameters are <c>$1</c>, <c>$2</c>, ... .</summary>
internal sealed class PreparedCommand(string sql)
{
    private SqliteCommand? _command;

    /// <summary>Runs it.</summary>
    /// <returns>How many rows changed.</returns>
    public int Run(SqliteConnection connection, params ReadOnlySpan<object?> values)
    {
        if (_command is null || _command.Connection != connection)
        {
            _command = connection.CreateCommand();
            _command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                _command.Parameters.Add(new SqliteParameter { ParameterName = "$" + (i + 1) });
            }
        }

        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return _command.ExecuteNonQuery();
    }
}
