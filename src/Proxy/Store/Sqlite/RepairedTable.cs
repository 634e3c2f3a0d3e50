using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// How the rows of a table lie on a page, and the statement that takes one over. A row may be shorter than the table: it was written before the last columns were added.
/// </summary>
internal sealed class RepairedTable : IDisposable
{
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _isGood;
    private readonly SqliteCommand? _dropOlder;
    private readonly bool _hasRowId;
    private readonly object?[] _defaults;
    private readonly int _sum;
    private readonly int _key;
    private readonly int _revision;

    /// <summary>Looks at a table as it is now.</summary>
    /// <param name="connection">The database that rows are taken into.</param>
    /// <param name="table">The table.</param>
    public RepairedTable(SqliteConnection connection, SummedTable table)
    {
        using var info = connection.Command($"SELECT name, pk, dflt_value FROM pragma_table_info('{table.Name}') ORDER BY cid");
        var columns = info.All(r => (Name: r.GetString(0), Key: r.GetInt64(1), Default: r.IsDBNull(2) ? "NULL" : r.GetString(2)));
        (Name, _hasRowId) = (table.Name, table.RowId is not null);
        if (!_hasRowId)
        {
            // On their pages the key comes first.
            columns = [.. columns.Where(c => c.Key > 0).OrderBy(c => c.Key), .. columns.Where(c => c.Key == 0)];
        }

        var names = columns.ConvertAll(c => c.Name);
        using var defaults = connection.Command($"SELECT {string.Join(", ", columns.Select(c => c.Default))}");
        _defaults = defaults.All(r => columns.Select((_, i) => r.GetValue(i)).ToArray())[0];
        (_sum, _revision) = (names.IndexOf("sum"), names.IndexOf("revision"));
        _key = names.IndexOf("id") is >= 0 and var id ? id : columns.FindIndex(c => c.Key > 0);
        var list = string.Join(", ", names);
        var row = _hasRowId
            ? string.Join(", ", names.Select(n => n == table.RowId ? $"CASE WHEN EXISTS (SELECT 1 FROM {table.Name} AS o WHERE o.{n} = r.{n}) THEN NULL ELSE {n} END" : n))
            : list;
        var with = $"WITH r ({list}) AS (VALUES ({string.Join(", ", names.Select((_, i) => "$" + (i + 1)))}))";
        _isGood = connection.Command($"{with} SELECT sum IS {table.Sum} FROM r", new object?[names.Count]);
        _insert = connection.Command($"{with} INSERT OR IGNORE INTO {table.Name} ({list}) SELECT {row} FROM r", new object?[names.Count]);

        // Of two copies of a row the newer counts.
        _dropOlder = _revision < 0 ? null : connection.Command($"DELETE FROM {table.Name} WHERE {names[_key]} = $1 AND revision < $2", null, null);
    }

    /// <summary>The table.</summary>
    public string Name { get; }

    /// <summary>How many columns it has.</summary>
    public int Columns => _defaults.Length;

    /// <summary>The tables with checksums that a database has.</summary>
    public static RepairedTable[] Of(SqliteConnection connection) =>
        [.. RowSums.Tables.Where(table => RowSums.Exists(connection, table.Name)).Select(table => new RepairedTable(connection, table))];

    /// <summary>Whether a row can be one of this table's: it has its checksum at least.</summary>
    public bool Fits(long? rowId, object?[] values) => values.Length > _sum && values.Length <= Columns && rowId is not null == _hasRowId;

    /// <summary>Whether a row that fits has the checksum of its content.</summary>
    public bool IsGood(long? rowId, object?[] values)
    {
        for (var i = 0; i < Columns; i++)
        {
            // What is added later is never null where it has a default.
            var value = _hasRowId && i == 0 ? rowId : i < values.Length ? values[i] : null;
            _insert.Parameters[i].Value = _isGood.Parameters[i].Value = value ?? (i > _sum ? _defaults[i] : null) ?? DBNull.Value;
        }

        return _isGood.ExecuteScalar() is 1L;
    }

    /// <summary>Takes a row over that fits.</summary>
    /// <returns>False when its checksum is not that of its content, or it is there already.</returns>
    public bool Take(long? rowId, object?[] values)
    {
        if (!IsGood(rowId, values))
        {
            return false;
        }

        if (_insert.ExecuteNonQuery() > 0)
        {
            return true;
        }

        if (_dropOlder is null || values[_key] is not string key || values[_revision] is not long revision)
        {
            return false;
        }

        (_dropOlder.Parameters[0].Value, _dropOlder.Parameters[1].Value) = (key, revision);
        return _dropOlder.ExecuteNonQuery() > 0 && _insert.ExecuteNonQuery() > 0;
    }

    public void Dispose()
    {
        _insert.Dispose();
        _isGood.Dispose();
        _dropOlder?.Dispose();
    }
}
