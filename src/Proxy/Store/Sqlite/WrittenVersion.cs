using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// Which version of the tables a database has, by its rows: a header may be damaged, and a log may hold half of a migration. Since there are checksums, steps have only
/// added tables and columns at the end, so that the longest good row proves which steps were taken.
/// </summary>
internal sealed class WrittenVersion : IDisposable
{
    private const int RowsWithoutSums = 12;
    private readonly SqliteConnection _connection = new("Data Source=:memory:;Pooling=False");
    private readonly Dictionary<string, List<int>> _columns = new(StringComparer.Ordinal);
    private readonly RepairedTable[] _tables;

    public WrittenVersion()
    {
        _connection.Open();
        RowSums.AddTo(_connection);
        for (var version = 1; version <= SqliteMigrations.Steps.Length; version++)
        {
            using var step = _connection.Command(SqliteMigrations.Steps[version - 1]);
            step.ExecuteNonQuery();
            foreach (var table in RowSums.Tables)
            {
                using var count = _connection.Command($"SELECT count(*) FROM pragma_table_info('{table.Name}')");
                (CollectionsMarshal.GetValueRefOrAddDefault(_columns, table.Name, out _) ??= []).Add((int)(long)count.ExecuteScalar()!);
            }
        }

        _tables = RepairedTable.Of(_connection);
    }

    /// <summary>The version; as long as no good row is read, the first with checksums.</summary>
    public int Found { get; private set; } = DatabaseCheck.Summed;

    /// <summary>The generations of a build without checksums, whose rows nothing proves.</summary>
    public HashSet<string> WithoutSums { get; } = new(StringComparer.Ordinal);

    /// <summary>True when a row has a checksum that is right.</summary>
    public bool HasSums { get; private set; }

    /// <summary>Reads a row.</summary>
    public void Read(long? rowId, object?[] values)
    {
        foreach (var table in _tables.Where(t => t.Fits(rowId, values)))
        {
            var version = 1 + _columns[table.Name].FindIndex(columns => columns >= values.Length);
            if ((version > Found || !HasSums) && table.IsGood(rowId, values))
            {
                (Found, HasSums) = (Math.Max(Found, version), HasSums || table.Name == "generations");
            }
        }

        if (rowId is not null && values.Length >= RowsWithoutSums && values.Length <= _columns["generations"][DatabaseCheck.Summed - 2]
            && values is [_, string id, string, long, string, long, string, ..])
        {
            WithoutSums.Add(id);
        }
    }

    public void Dispose()
    {
        foreach (var table in _tables)
        {
            table.Dispose();
        }

        _connection.Dispose();
    }
}
