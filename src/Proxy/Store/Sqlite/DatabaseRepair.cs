using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// Saves what can be saved of a damaged database into a new one. It goes by pages and not by trees, and takes a row when its checksum is right. The damaged
/// files are copied aside before anything is changed.
/// </summary>
/// <param name="database">The database, which nobody has open.</param>
/// <param name="aside">The folder for the damaged files; it exists.</param>
internal sealed class DatabaseRepair(SqliteDatabase database, string aside)
{
    private const int OurPageSize = 16384;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private readonly List<(long At, string Generation)> _answers = [];
    private string? _id;
    private long _commits = -1;

    /// <summary>Repairs it.</summary>
    /// <returns>What is lost, a line each.</returns>
    /// <exception cref="IOException">A file cannot be read or written; the damaged ones are where they were, or in the folder aside.</exception>
    public IReadOnlyList<string> Run()
    {
        var record = database.Record.Read();
        foreach (var suffix in new[] { "", "-wal", "-shm", SqliteDatabase.RecordSuffix })
        {
            if (File.Exists(database.FilePath + suffix))
            {
                File.Copy(database.FilePath + suffix, Path.Combine(aside, Path.GetFileName(database.FilePath) + suffix), overwrite: true);
            }
        }

        var image = Path.Combine(aside, "image");
        var fresh = new SqliteDatabase(Path.Combine(aside, "repaired.db"));
        fresh.Open(DateTimeOffset.MinValue);
        fresh.Record.Dispose();
        List<string> lost;
        using (var connection = fresh.ConnectForWriting())
        {
            Fill(connection, image);
            lost = Lost(connection, record);
            Finish(connection);
        }

        // The log first: on another file it would do harm.
        foreach (var suffix in new[] { "-wal", "-shm", SqliteDatabase.RecordSuffix })
        {
            File.Delete(database.FilePath + suffix);
        }

        File.Move(fresh.FilePath, database.FilePath, overwrite: true);
        File.Delete(fresh.Record.Path);
        File.Delete(image);
        return lost;
    }

    private static string Text(object? value) => value as string ?? "";

    /// <summary>The size of the pages, by the database's header, else by its log's, else what Framegate begins a file with.</summary>
    private int PageSize()
    {
        Span<byte> bytes = stackalloc byte[18];
        if (Head(database.FilePath, bytes) && bytes.StartsWith("SQLite format 3\0"u8))
        {
            var size = BinaryPrimitives.ReadUInt16BigEndian(bytes[16..]) is var raw && raw == 1 ? 65536 : raw;
            if (size >= 512 && (size & (size - 1)) == 0)
            {
                return size;
            }
        }

        return Head(database.FilePath + "-wal", bytes) && BinaryPrimitives.ReadInt32BigEndian(bytes[8..]) is >= 512 and <= 65536 and var logged && (logged & (logged - 1)) == 0
            ? logged
            : OurPageSize;
    }

    private static bool Head(string path, Span<byte> bytes)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        return file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;
    }

    private void Fill(SqliteConnection connection, string image)
    {
        var pageSize = PageSize();
        using (var file = new FileStream(image, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            if (File.Exists(database.FilePath))
            {
                using var source = File.OpenRead(database.FilePath);
                source.CopyTo(file);
            }

            // A page that was cut off is read as one that ends in zeros.
            file.SetLength((file.Length + pageSize - 1) / pageSize * pageSize);
            WalFile.Apply(database.FilePath + "-wal", file, pageSize);
        }

        using var begin = connection.Command("BEGIN; DELETE FROM store");
        begin.ExecuteNonQuery();
        TableShape[] shapes = [.. RowSums.Tables.Select(table => new TableShape(connection, table))];
        using (var handle = File.OpenHandle(image))
        {
            foreach (var (rowId, values) in new PageRows(handle, pageSize).Read())
            {
                Take(shapes, rowId, values);
            }
        }

        foreach (var (at, generation) in _answers)
        {
            using var answer = connection.Command(
                "INSERT OR IGNORE INTO answered (at, generation) SELECT $1, $2 WHERE EXISTS (SELECT 1 FROM generations WHERE id = $2)", at, generation);
            answer.ExecuteNonQuery();
        }

        using (var store = connection.Command("SELECT id, commits FROM store"))
        {
            foreach (var (id, commits) in store.All(r => (r.GetString(0), r.GetInt64(1))))
            {
                (_id, _commits) = (id, commits);
            }
        }

        using var commit = connection.Command("COMMIT");
        commit.ExecuteNonQuery();
        foreach (var shape in shapes)
        {
            shape.Dispose();
        }
    }

    private void Take(TableShape[] shapes, long? rowId, object?[] values)
    {
        // The list of a client's generations, an index, has the ids of those whose rows may be gone.
        if (rowId is null && values is [string, long, string listed, long])
        {
            _seen.Add(listed);
        }
        else if (rowId is null && values is [long at, string answered])
        {
            _answers.Add((at, answered));
        }

        foreach (var shape in shapes.Where(shape => shape.Fits(rowId, values)))
        {
            var taken = shape.Take(rowId, values);
            var name = Text(values.Length > 1 ? values[1] : null);
            if (shape.Name == "generations" && name.Length > 0)
            {
                (taken ? _seen : _damaged).Add(name);
            }
        }
    }

    private List<string> Lost(SqliteConnection connection, IReadOnlyList<(long Commit, string[] Subjects)> record)
    {
        foreach (var table in new[] { "idempotency_keys", "media", "deliveries" })
        {
            using var references = connection.Command($"SELECT DISTINCT generation FROM {table} WHERE generation <> ''");
            _seen.UnionWith(references.All(r => r.GetString(0)));
        }

        var missing = DatabaseCheck.Missing(record, Math.Max(0, _commits));
        using var all = connection.Command("SELECT id FROM generations");
        var saved = all.All(r => r.GetString(0)).ToHashSet(StringComparer.Ordinal);
        var lost = _seen.Union(_damaged).Except(saved).ToHashSet(StringComparer.Ordinal);
        var older = DatabaseCheck.Older(connection, record).ToHashSet(StringComparer.Ordinal);
        var unsaved = missing.Where(subject => !lost.Contains(subject) && !older.Contains(subject) && !Has(connection, subject));
        return
        [
            .. lost.Order(StringComparer.Ordinal).Select(id => $"generation {id} is lost"),
            .. older.Order(StringComparer.Ordinal).Select(id => $"generation {id} is saved in an older state than the last acknowledged one"),
            .. unsaved.Select(subject => $"{subject}: its last change is lost"),
        ];
    }

    /// <summary>True for a generation that is there; <see cref="DatabaseCheck.Older"/> knows whether it is the last state.</summary>
    private static bool Has(SqliteConnection connection, string subject)
    {
        using var command = connection.Command(
            "SELECT 1 FROM generations WHERE id = $1 UNION SELECT 1 FROM native_jobs WHERE provider || '/' || native_id = $1 UNION SELECT 1 FROM deliveries WHERE id = $1", subject);
        return command.ExecuteScalar() is not null;
    }

    private void Finish(SqliteConnection connection)
    {
        // What is gone for good takes along what only it had.
        foreach (var table in new[] { "idempotency_keys", "deliveries" })
        {
            using var orphans = connection.Command($"DELETE FROM {table} WHERE generation NOT IN (SELECT id FROM generations)");
            orphans.ExecuteNonQuery();
        }

        var id = _id ?? database.Record.Database ?? Guid.NewGuid().ToString("n");
        using var store = connection.Command(
            "DELETE FROM store; INSERT INTO store (one, id, commits, sum) VALUES (1, $1, $2, row_sum($1, $2))", id, Math.Max(_commits, database.Record.Last) + 1);
        store.ExecuteNonQuery();
        using var settle = connection.Command("PRAGMA wal_checkpoint(TRUNCATE)");
        settle.ExecuteNonQuery();
    }

    /// <summary>How the rows of a table lie on a page, and the statement that takes one over.</summary>
    private sealed class TableShape : IDisposable
    {
        private readonly SqliteCommand _insert;
        private readonly SqliteCommand _isGood;
        private readonly SqliteCommand? _dropOlder;
        private readonly bool _hasRowId;
        private readonly int _columns;
        private readonly int _id;
        private readonly int _revision;

        public TableShape(SqliteConnection connection, SummedTable table)
        {
            using var info = connection.Command($"SELECT name, pk FROM pragma_table_info('{table.Name}') ORDER BY cid");
            var columns = info.All(r => (Name: r.GetString(0), Key: r.GetInt64(1)));
            (Name, _hasRowId, _columns) = (table.Name, table.RowId is not null, columns.Count);
            List<string> names = _hasRowId
                ? columns.ConvertAll(c => c.Name)
                : [.. columns.Where(c => c.Key > 0).OrderBy(c => c.Key).Select(c => c.Name), .. columns.Where(c => c.Key == 0).Select(c => c.Name)];
            (_id, _revision) = (names.IndexOf("id"), names.IndexOf("revision"));
            var list = string.Join(", ", names);
            var row = _hasRowId
                ? string.Join(", ", names.Select(n => n == table.RowId ? $"CASE WHEN EXISTS (SELECT 1 FROM {table.Name} AS o WHERE o.{n} = r.{n}) THEN NULL ELSE {n} END" : n))
                : list;
            var with = $"WITH r ({list}) AS (VALUES ({string.Join(", ", names.Select((_, i) => "$" + (i + 1)))}))";
            _isGood = connection.Command($"{with} SELECT sum IS {table.Sum} FROM r", new object?[names.Count]);
            _insert = connection.Command(
                $"{with} INSERT OR IGNORE INTO {table.Name} ({list}) SELECT {row} FROM r",
                new object?[names.Count]);

            // Of two copies of a row the newer counts.
            _dropOlder = _revision < 0 ? null : connection.Command($"DELETE FROM {table.Name} WHERE id = $1 AND revision < $2", null, null);
        }

        public string Name { get; }

        public bool Fits(long? rowId, object?[] values) => values.Length == _columns && rowId is not null == _hasRowId;

        /// <summary>Takes a row over.</summary>
        /// <returns>False when its checksum is not that of its content, or it is there already.</returns>
        public bool Take(long? rowId, object?[] values)
        {
            for (var i = 0; i < values.Length; i++)
            {
                _insert.Parameters[i].Value = _isGood.Parameters[i].Value = (_hasRowId && i == 0 ? rowId : values[i]) ?? DBNull.Value;
            }

            if (_isGood.ExecuteScalar() is not 1L)
            {
                return false;
            }

            if (_insert.ExecuteNonQuery() > 0)
            {
                return true;
            }

            if (_dropOlder is null || values[_id] is not string id || values[_revision] is not long revision)
            {
                return false;
            }

            (_dropOlder.Parameters[0].Value, _dropOlder.Parameters[1].Value) = (id, revision);
            return _dropOlder.ExecuteNonQuery() > 0 && _insert.ExecuteNonQuery() > 0;
        }

        public void Dispose()
        {
            _insert.Dispose();
            _isGood.Dispose();
            _dropOlder?.Dispose();
        }
    }
}
