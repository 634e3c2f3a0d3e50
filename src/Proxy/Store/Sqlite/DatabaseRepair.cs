using System.Buffers.Binary;
using System.Globalization;
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
    private long _pages;
    private int _part;
    private long _root;

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
        var pageSize = PageSize();
        Copy(image, pageSize);
        var fresh = new SqliteDatabase(Path.Combine(aside, "repaired.db"));
        File.Delete(fresh.FilePath);

        // The version that it has: the next start takes the steps that are missing, as it would have taken them with the damaged one.
        fresh.Create(Version(image, pageSize));
        List<string> lost;
        using (var connection = fresh.ConnectForWriting())
        {
            Fill(connection, image, pageSize);
            lost = [.. CutOff(image, pageSize), .. Lost(connection, record)];
            Finish(connection);
        }

        // The log first: on another file it would do harm.
        foreach (var suffix in new[] { "-wal", "-shm", SqliteDatabase.RecordSuffix })
        {
            File.Delete(database.FilePath + suffix);
        }

        File.Move(fresh.FilePath, database.FilePath, overwrite: true);
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

    /// <summary>One file of the database and what is good of its log.</summary>
    private void Copy(string image, int pageSize)
    {
        using var file = new FileStream(image, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        if (File.Exists(database.FilePath))
        {
            using var source = File.OpenRead(database.FilePath);
            source.CopyTo(file);
        }

        // A page that was cut off is read as one that ends in zeros.
        (_pages, _part) = (file.Length / pageSize, (int)(file.Length % pageSize));
        file.SetLength((file.Length + pageSize - 1) / pageSize * pageSize);
        WalFile.Apply(database.FilePath + "-wal", file, pageSize);
    }

    private int Version(string image, int pageSize)
    {
        using var written = new WrittenVersion();
        using var handle = File.OpenHandle(image);
        foreach (var (rowId, values) in new PageRows(handle, pageSize).Read())
        {
            written.Read(rowId, values);
        }

        _damaged.UnionWith(written.WithoutSums);
        return written.HasSums || written.WithoutSums.Count == 0
            ? written.Found
            : throw new IOException("an earlier build has written it, whose rows have no checksums. Restore the data folder from a backup, repair it with the build that wrote it, or save its rows with '.recover' of the sqlite3 program");
    }

    private void Fill(SqliteConnection connection, string image, int pageSize)
    {
        using var begin = connection.Command("BEGIN; DELETE FROM store");
        begin.ExecuteNonQuery();
        var tables = RepairedTable.Of(connection);
        using (var handle = File.OpenHandle(image))
        {
            foreach (var (rowId, values) in new PageRows(handle, pageSize).Read())
            {
                Take(tables, rowId, values);
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
        foreach (var table in tables)
        {
            table.Dispose();
        }
    }

    private void Take(RepairedTable[] tables, long? rowId, object?[] values)
    {
        // The list of a client's generations, an index, has the ids of those whose rows may be gone.
        if (rowId is null && values is [string, long, string listed, long])
        {
            _seen.Add(listed);
        }
        else if (rowId is not null && values is [string, string, string, long root, _])
        {
            _root = Math.Max(_root, root);
        }
        else if (rowId is null && values is [long at, string answered])
        {
            _answers.Add((at, answered));
        }

        foreach (var table in tables.Where(table => table.Fits(rowId, values)))
        {
            var taken = table.Take(rowId, values);
            var name = Text(values.Length > 1 ? values[1] : null);
            if (table.Name == "generations" && name.Length > 0)
            {
                (taken ? _seen : _damaged).Add(name);
            }
        }
    }

    /// <summary>Pages that are gone with the end of the file, and in no log: nobody knows what was on them alone.</summary>
    private IEnumerable<string> CutOff(string image, int pageSize)
    {
        using var handle = File.OpenHandle(image);
        var page = new byte[pageSize];
        var hasHeader = RandomAccess.Read(handle, page, 0) == pageSize && page.AsSpan().StartsWith("SQLite format 3\0"u8);
        var all = Math.Max(Math.Max(_root, RandomAccess.GetLength(handle) / pageSize), hasHeader ? BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(28)) : 0);

        // A count that a flip has made is no reason to look at a billion pages.
        var there = RandomAccess.GetLength(handle) / pageSize;
        var missing = all - there;
        for (var number = _pages; number < there; number++)
        {
            RandomAccess.Read(handle, page, number * pageSize);
            missing += page.AsSpan(number == _pages ? _part : 0).ContainsAnyExcept((byte)0) ? 0 : 1;
        }

        if (missing > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{missing} of {all} pages are missing at the end of the file: what no other page names cannot be listed");
        }
        else if (!hasHeader && _commits < 0)
        {
            yield return "the header and the count of commits are missing: what no page names cannot be listed";
        }
    }

    private List<string> Lost(SqliteConnection connection, IReadOnlyList<(long Commit, string[] Subjects)> record)
    {
        // Not by its media: they may live on when retention has deleted their generation.
        foreach (var table in new[] { "idempotency_keys", "deliveries" })
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
}
