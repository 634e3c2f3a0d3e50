using System.Globalization;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>The database file of the data folder.</summary>
/// <param name="path">The file.</param>
/// <param name="freeBytes">How much room its disk has; null for a look at it.</param>
internal sealed class SqliteDatabase(string path, Func<long>? freeBytes = null)
{
    /// <summary>The record's name after that of the database.</summary>
    public const string RecordSuffix = ".commits";

    /// <summary>Marks the file as Framegate's: "FGDB".</summary>
    public const int ApplicationId = 0x46474442;

    /// <summary>SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE.</summary>
    private const int NoCheckpointOnClose = 1006;

    // Rows are of 1 to 2 KB: larger pages make fewer writes of them. A file keeps the size it began with.
    private const string Beginning = "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
    private const long Reserve = 4 * 1024 * 1024;
    private const long MeasuredEveryMs = 250;
    private long _measuredAt = -MeasuredEveryMs;
    private bool _hasRoom = true;

    private readonly string _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString();

    /// <summary>Which commits have been acknowledged.</summary>
    public CommitRecord Record { get; } = new(path + RecordSuffix);

    /// <summary>Which database this is: one that was begun elsewhere has another id. Empty before it is open.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The file.</summary>
    public string FilePath => path;

    /// <summary>
    /// Looks at the files, and changes none of them unless all is well. Then creates the file when it does not exist, brings its tables up to date, and takes
    /// over what a build with a journal has left beside it.
    /// </summary>
    /// <param name="forgottenBefore">What is older than that is not taken over.</param>
    /// <returns>What is worth a line in the log; nothing of it is a loss.</returns>
    /// <exception cref="DataDamagedException">What is stored is not what was written, or not Framegate's.</exception>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public IReadOnlyList<string> Open(DateTimeOffset forgottenBefore)
    {
        var report = DatabaseCheck.Run(this, trustSeal: true);
        if (report.Faults.Count > 0)
        {
            throw new DataDamagedException(report.Summary());
        }

        using var connection = Connect();

        Run(connection, Beginning);
        Run(connection, "BEGIN IMMEDIATE");
        var taken = (long)Ask(connection, "PRAGMA user_version")!;
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

        Run(connection, Marks(SqliteMigrations.Steps.Length));

        // This process alone holds the folder: whoever drove its generations before is gone.
        Run(connection, "UPDATE generations SET owner = NULL WHERE owner IS NOT NULL; DELETE FROM owners;");
        Run(connection, "UPDATE deliveries SET wake = CASE WHEN status = 'pending' THEN due END WHERE NOT wake IS CASE WHEN status = 'pending' THEN due END");
        RowSums.Fill(connection);
        Run(connection, "UPDATE store SET commits = commits + 1, sum = row_sum(id, commits + 1)");
        var (database, commits) = ((string)Ask(connection, "SELECT id FROM store")!, (long)Ask(connection, "SELECT commits FROM store")!);
        Id = database;
        Run(connection, "COMMIT");
        Record.Open(database, anew: report.RecordIsAnew);
        Record.Append(commits, []);
        foreach (var file in journal)
        {
            File.Delete(file);
        }

        return report.Notes;
    }

    /// <summary>Creates the file with the tables of an earlier build, or of this one.</summary>
    /// <param name="version">How many steps that build knew.</param>
    public void Create(int version)
    {
        using var connection = Connect();
        Run(connection, Beginning);
        Run(connection, $"BEGIN IMMEDIATE; {string.Concat(SqliteMigrations.Steps[..version])}; {Marks(version)}; COMMIT");
    }

    /// <summary>
    /// True while new work may begin. What runs already needs room too: for the state of each generation, and for a log that grows until its pages are taken
    /// over. So nothing new begins on the last 4 MiB of a disk.
    /// </summary>
    public bool HasRoom()
    {
        var now = Environment.TickCount64;
        if (now - Volatile.Read(ref _measuredAt) >= MeasuredEveryMs)
        {
            Volatile.Write(ref _hasRoom, FreeBytes() >= Reserve);
            Volatile.Write(ref _measuredAt, now);
        }

        return Volatile.Read(ref _hasRoom);
    }

    /// <summary>A connection. It keeps nothing in files outside the data folder.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            connection.Open();
            RowSums.AddTo(connection);
            Run(connection, "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;");
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection for looking: what is in the log stays there, also when it is the last connection that is closed.</summary>
    public SqliteConnection ConnectForLooking()
    {
        var hasLog = new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };
        var connection = Connect();
        if (hasLog)
        {
            _ = raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 1, out _);
        }

        Run(connection, "PRAGMA cell_size_check = ON; PRAGMA cache_size = -64000;");
        return connection;
    }

    /// <summary>A connection for writing: a commit is on the disk when it returns.</summary>
    public SqliteConnection ConnectForWriting()
    {
        var connection = Connect();
        Run(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -32000;");
        return connection;
    }

    private long FreeBytes()
    {
        try
        {
            return freeBytes?.Invoke() ?? (HasInode() ? new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace : 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Where nobody knows, the database finds out.
            return long.MaxValue;
        }
    }

    /// <summary>Whether one more file can be made: a result is one, and a disk with many small files runs out of inodes long before its bytes are used up.</summary>
    private bool HasInode()
    {
        var file = Path.Combine(Path.GetDirectoryName(path)!, ".room");
        try
        {
            File.OpenHandle(file, FileMode.Create, FileAccess.Write).Dispose();
            File.Delete(file);
            return true;
        }
        catch (IOException e) when (StoreUnavailableException.ProblemOf(e) is StoreProblem.Full)
        {
            return false;
        }
    }

    private static string Marks(int version) => string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {version}; PRAGMA application_id = {ApplicationId}");

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
