using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Looks for damage in the files of a database, and changes none of them.</summary>
internal static class DatabaseCheck
{
    private const int Listed = 1000;
    private const int HeaderLength = 100;
    private const int VersionAt = 60;

    /// <summary>The version from which on rows have checksums, and commits are counted.</summary>
    public static readonly int Summed = 1 + Array.FindIndex(SqliteMigrations.Steps, step => step.Contains("CREATE TABLE store ", StringComparison.Ordinal));

    private static readonly byte[] s_header = "SQLite format 3\0"u8.ToArray();

    /// <summary>Looks at all of them.</summary>
    /// <param name="database">The database.</param>
    /// <param name="trustSeal">True to pass over the rows of a file that is, byte for byte, what an orderly stop has left.</param>
    /// <exception cref="SqliteException">Another program holds the database, or the machine fails: nothing can be stated about the files.</exception>
    public static DatabaseReport Run(SqliteDatabase database, bool trustSeal = false)
    {
        var report = new DatabaseReport();
        if (!CanBeOpened(database, report))
        {
            return report;
        }

        var record = database.Record.Read();
        if (database.Record.Unreadable > 0)
        {
            report.Notes.Add($"{Name(database.Record.Path)}: {database.Record.Unreadable} of its lines cannot be read; they only name what is stored elsewhere");
        }

        report.RecordIsAnew = database.Record.Database is null;
        if (!File.Exists(database.FilePath) || new FileInfo(database.FilePath).Length == 0)
        {
            LookForTraces(database, record.Count, report);
        }
        else if (HasHeader(database, report, out var version))
        {
            LookInside(database, record, trustSeal && IsSealed(database), report);
            if (version > 0 && version < Summed && report.Faults.Count > 0)
            {
                // Its rows have nothing that distinguishes a good one from a bad one.
                (report.CanBeRepaired, report.Advice) = (false,
                    "Nothing was changed. An earlier build has written the database. Restore the data folder from a backup, or save its rows with '.recover' of the sqlite3 program.");
            }
        }

        return report;
    }

    /// <summary>The names of what the last acknowledged commits changed, which are not in the database.</summary>
    public static IReadOnlyList<string> Missing(IReadOnlyList<(long Commit, string[] Subjects)> record, long commits) =>
        [.. record.Where(line => line.Commit > commits).SelectMany(line => line.Subjects).Select(subject => CommitRecord.Parse(subject).Id).Distinct()];

    private static string Name(string path) => Path.GetFileName(path);

    private static bool IsSealed(SqliteDatabase database) => database.Record.Seal is { } seal
        && new FileInfo(database.FilePath + "-wal") is not { Exists: true, Length: > 0 } && CommitRecord.HashOf(database.FilePath) == seal;

    /// <summary>A folder, a pipe or a file without rights stands where a file should be: SQLite's own words for it help nobody.</summary>
    private static bool CanBeOpened(SqliteDatabase database, DatabaseReport report)
    {
        foreach (var path in new[] { database.FilePath, database.FilePath + "-wal", database.FilePath + "-shm", database.Record.Path })
        {
            if (Directory.Exists(path))
            {
                report.Faults.Add($"{Name(path)} is a folder; it must be a file");
                continue;
            }

            if (!File.Exists(path))
            {
                continue;
            }

            try
            {
                // For writing too: a pipe would wait for its other end otherwise.
                using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1);
                if (!file.CanSeek)
                {
                    report.Faults.Add($"{Name(path)} is no regular file");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                report.Faults.Add($"{Name(path)} cannot be opened for reading and writing: {e.Message}");
            }
        }

        if (report.Faults.Count > 0)
        {
            report.CanBeRepaired = false;
            report.Advice = "Nothing was changed. Give the file back its place and its rights, or restore the data folder from a backup.";
        }

        return report.Faults.Count == 0;
    }

    /// <summary>A folder without a database is a new one, unless something shows that there was one.</summary>
    private static void LookForTraces(SqliteDatabase database, int lines, DatabaseReport report)
    {
        var folder = Path.GetDirectoryName(database.FilePath)!;
        var state = File.Exists(database.FilePath) ? "is empty" : "is missing";
        var log = new FileInfo(database.FilePath + "-wal");
        var media = Path.Combine(folder, "media");
        if (lines > 0 || log is { Exists: true, Length: > 0 })
        {
            report.Faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(database.FilePath)} {state}, and {(lines > 0 ? $"{Name(database.Record.Path)} records {database.Record.Last} commits to it" : $"its log {log.Name} is there")}"));
        }
        else if (Directory.Exists(media) && Directory.EnumerateDirectories(media).Any(f => f.Length - media.Length == 3 && Directory.EnumerateFiles(f).Any()))
        {
            report.Faults.Add($"{Name(database.FilePath)} {state}, and the folder media holds results of generations that it knew");
        }
    }

    private static bool HasHeader(SqliteDatabase database, DatabaseReport report, out uint version)
    {
        using var file = new FileStream(database.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        var head = new byte[HeaderLength];
        version = 0;
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.AsSpan().StartsWith(s_header))
        {
            version = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(VersionAt));
            return true;
        }

        report.Faults.Add($"{Name(database.FilePath)} is not a SQLite database: its header is wrong");
        return false;
    }

    private static void LookInside(SqliteDatabase database, IReadOnlyList<(long Commit, string[] Subjects)> record, bool isSealed, DatabaseReport report)
    {
        try
        {
            using var connection = database.ConnectForLooking();
            var version = Number(connection, "PRAGMA user_version");
            if (version > SqliteMigrations.Steps.Length)
            {
                report.Faults.Add($"{Name(database.FilePath)} was written by a later build of Framegate: its tables are of version {version}, this build knows {SqliteMigrations.Steps.Length}");
                (report.CanBeRepaired, report.Advice) = (false, "Nothing was changed. Start the later build, or restore the data folder from a backup.");
                return;
            }

            if (IsForeign(connection))
            {
                report.Faults.Add($"{Name(database.FilePath)} is another application's database");
                (report.CanBeRepaired, report.Advice) = (false, "Nothing was changed. Use another data folder, or put Framegate's own database back.");
                return;
            }

            if (!isSealed)
            {
                LookAtPages(database, connection, report);
            }

            if (version >= Summed)
            {
                if (!isSealed)
                {
                    LookAtRows(database, connection, report);
                }

                LookAtCommits(database, connection, record, report);
            }
            else if (database.Record.Exists)
            {
                report.Faults.Add(
                    $"{Name(database.FilePath)} is older than {Name(database.Record.Path)}, which records commits up to {database.Record.Last}: {Named(Missing(record, 0))}");
            }
        }
        catch (Exception e) when (e is InvalidCastException or InvalidOperationException or FormatException or OverflowException || (e is SqliteException sqlite && IsDamage(sqlite)))
        {
            // The others: a value that is of another kind than was ever written.
            if (report.Faults.Count == 0)
            {
                report.Faults.Add($"{Name(database.FilePath)}: {e.Message}");
            }
        }
    }

    /// <summary>True for what lies in the files; false for a machine that cannot read them now.</summary>
    private static bool IsDamage(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR or raw.SQLITE_FORMAT or raw.SQLITE_MISMATCH
        or raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT or raw.SQLITE_SCHEMA || (e.SqliteErrorCode == raw.SQLITE_IOERR && e.SqliteExtendedErrorCode == raw.SQLITE_IOERR_SHORT_READ);

    /// <summary>A file without tables is a new one, whose first transaction was never committed; or a damaged one, whose commits are counted.</summary>
    private static bool IsForeign(SqliteConnection connection)
    {
        var application = Number(connection, "PRAGMA application_id");
        return (application != 0 && application != SqliteDatabase.ApplicationId)
            || (Number(connection, "SELECT count(*) FROM sqlite_schema") > 0 && Number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'generations'") == 0);
    }

    private static void LookAtPages(SqliteDatabase database, SqliteConnection connection, DatabaseReport report)
    {
        using var check = connection.Command($"PRAGMA integrity_check({Listed})");
        foreach (var line in check.All(r => r.GetString(0)).SelectMany(text => text.Split('\n')).Where(text => text != "ok"))
        {
            report.Faults.Add($"{Name(database.FilePath)}: {line}");
        }
    }

    private static void LookAtRows(SqliteDatabase database, SqliteConnection connection, DatabaseReport report)
    {
        var version = Number(connection, "PRAGMA user_version");
        foreach (var table in RowSums.Tables)
        {
            if (version < SqliteMigrations.Steps.Length && !RowSums.Exists(connection, table.Name))
            {
                // A later build than the one that wrote the file has it.
                continue;
            }

            try
            {
                using var rows = connection.Command($"SELECT {table.Subject} FROM {table.Name} WHERE NOT sum IS {table.Sum} LIMIT {Listed}");
                report.Faults.AddRange(rows.All(r => $"{Name(database.FilePath)}: the row of {(r.IsDBNull(0) ? table.Name : r.GetString(0))} is not what was written"));
            }
            catch (SqliteException e) when (IsDamage(e))
            {
                report.Faults.Add($"{Name(database.FilePath)}: the table {table.Name} cannot be read to its end: {e.Message}");
            }
        }
    }

    private static void LookAtCommits(
        SqliteDatabase database, SqliteConnection connection, IReadOnlyList<(long Commit, string[] Subjects)> record, DatabaseReport report)
    {
        using var store = connection.Command("SELECT id, commits FROM store");
        var found = store.All(r => (Id: r.GetString(0), Commits: r.GetInt64(1)));
        if (found is not [var (id, commits)])
        {
            report.Faults.Add($"{Name(database.FilePath)}: the count of its commits is missing");
        }
        else if (database.Record.Database is null)
        {
            if (commits > 0 && report.Faults.Count == 0)
            {
                report.Notes.Add($"{Name(database.Record.Path)} is missing or cannot be read, so a loss of the last commits would not be noticed; it is begun anew");
            }
        }
        else if (database.Record.Database != id)
        {
            report.Faults.Add($"{Name(database.FilePath)} is not the database that {Name(database.Record.Path)} belongs to: it comes from another data folder");
        }
        else if (commits < database.Record.Last)
        {
            report.Faults.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{Name(database.FilePath)} lacks the last {database.Record.Last - commits} of {database.Record.Last} acknowledged commits: {Name(database.FilePath)}-wal is missing or damaged, or the file is an older copy. They changed: {Named(Missing(record, commits))}"));
        }
        else
        {
            report.Faults.AddRange(Older(connection, record)
                .Select(id => $"{Name(database.FilePath)}: generation {id} is in an older state than the last one that {Name(database.Record.Path)} records"));
        }
    }

    /// <summary>The generations whose rows have an older revision than was acknowledged: their page is an older one, though it is whole.</summary>
    public static IEnumerable<string> Older(SqliteConnection connection, IReadOnlyList<(long Commit, string[] Subjects)> record)
    {
        var newest = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (id, revision) in record.SelectMany(line => line.Subjects).Select(CommitRecord.Parse))
        {
            newest[id] = Math.Max(newest.GetValueOrDefault(id), revision ?? 0);
        }

        using var command = connection.Command("SELECT revision FROM generations WHERE id = $1", "");
        foreach (var (id, revision) in newest)
        {
            command.Parameters[0].Value = id;
            if (command.ExecuteScalar() is long stored && stored < revision)
            {
                yield return id;
            }
        }
    }

    private static string Named(IReadOnlyList<string> subjects) => subjects.Count == 0 ? "nothing that a client was notified of" : string.Join(", ", subjects);

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.Command(sql);
        return (long)command.ExecuteScalar()!;
    }
}
