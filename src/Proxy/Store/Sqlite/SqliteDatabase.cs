using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Opens the database file of the data folder and brings its tables up to date.</summary>
internal sealed class SqliteDatabase
{
    // Rows lie in the order they came (seq), and ids are time-ordered too: a burst of inserts then touches a handful of pages, which is
    // an order of magnitude cheaper than spreading them over the file.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS generations (
          seq INTEGER PRIMARY KEY,
          id TEXT NOT NULL UNIQUE,
          client TEXT NOT NULL,
          created INTEGER NOT NULL,
          status TEXT NOT NULL,
          open INTEGER NOT NULL,
          provider TEXT NOT NULL,
          native_id TEXT,
          fingerprint BLOB NOT NULL,
          state BLOB NOT NULL,
          request BLOB,
          revision INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS generations_open ON generations (seq) WHERE open = 1;
        CREATE TABLE IF NOT EXISTS idempotency_keys (
          client TEXT NOT NULL,
          key TEXT NOT NULL,
          generation TEXT NOT NULL,
          fingerprint BLOB NOT NULL,
          PRIMARY KEY (client, key)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS idempotency_keys_generation ON idempotency_keys (generation);
        CREATE TABLE IF NOT EXISTS media (
          id TEXT PRIMARY KEY,
          generation TEXT NOT NULL,
          content_type TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          sha256 TEXT NOT NULL,
          created INTEGER NOT NULL,
          expires INTEGER) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS native_jobs (
          provider TEXT NOT NULL,
          native_id TEXT NOT NULL,
          destination TEXT NOT NULL,
          created INTEGER NOT NULL,
          PRIMARY KEY (provider, native_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS openai_requests (
          generation TEXT PRIMARY KEY,
          client TEXT NOT NULL,
          fingerprint BLOB NOT NULL,
          created INTEGER NOT NULL,
          video BLOB,
          deleted INTEGER NOT NULL) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS openai_requests_fingerprint ON openai_requests (client, fingerprint, created);
        CREATE INDEX IF NOT EXISTS openai_requests_created ON openai_requests (created);
        CREATE TABLE IF NOT EXISTS cancel_wishes (generation TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS callbacks (
          id INTEGER PRIMARY KEY AUTOINCREMENT,
          generation TEXT NOT NULL,
          url TEXT NOT NULL,
          attempts INTEGER NOT NULL,
          due INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due);
        CREATE INDEX IF NOT EXISTS media_expires ON media (expires) WHERE expires IS NOT NULL;
        """;

    private readonly string _connectionString;

    /// <summary>Opens the file, creating it when it does not exist.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SqliteException">The file cannot be opened, or is not a database.</exception>
    public SqliteDatabase(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = true }.ToString();
        using var connection = Connect();
        // Rows are of 1 to 2 KB: larger pages make fewer writes of them. A file keeps the size it began with.
        Run(connection, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL;");
        Run(connection, Schema);
        AddRevisions(connection);
    }

    /// <summary>A connection for reading, from the pool.</summary>
    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        Run(connection, "PRAGMA busy_timeout = 5000;");
        return connection;
    }

    /// <summary>A connection for writing: a commit is on the disk when it returns.</summary>
    public SqliteConnection ConnectForWriting()
    {
        var connection = Connect();
        Run(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000; PRAGMA cache_size = -32000;");
        return connection;
    }

    /// <summary>Files of the first versions have no such column.</summary>
    private static void AddRevisions(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM pragma_table_info('generations') WHERE name = 'revision'";
        if (command.ExecuteScalar() is 0L)
        {
            Run(connection, "ALTER TABLE generations ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;");
        }
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
