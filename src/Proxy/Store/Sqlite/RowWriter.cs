using Framegate.Proxy.Common.Telemetry;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Takes pending rows over into SQLite: soon, many at a time, and each only in its newest state.</summary>
internal sealed class RowWriter : IAsyncDisposable
{
    private const int ManyRows = 512;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PaceAfterFailure = TimeSpan.FromSeconds(5);

    private readonly PreparedCommand _upsert = new("""
        INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request, revision)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (id) DO UPDATE SET status = ?4, open = ?5, provider = ?6, native_id = ?7, state = ?9,
          request = CASE WHEN ?12 THEN coalesce(request, ?10) ELSE NULL END, revision = ?11
        WHERE revision <= ?11
        """);

    private readonly PreparedCommand _update = new("""
        UPDATE generations SET status = ?2, open = ?3, provider = ?4, native_id = ?5, state = ?6,
          request = CASE WHEN ?7 THEN request ELSE NULL END, revision = ?8
        WHERE id = ?1 AND revision <= ?8
        """);

    private readonly PreparedCommand _insertMedia = new("""
        INSERT INTO media (id, generation, content_type, bytes, sha256, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _insertCallback = new("INSERT INTO callbacks (generation, url, attempts, due) VALUES (?1, ?2, 0, ?3)");

    private readonly PreparedCommand _savepoint = new("SAVEPOINT pass");
    private readonly PreparedCommand _undo = new("ROLLBACK TO pass");
    private readonly PreparedCommand _release = new("RELEASE pass");
    private readonly SqliteWriter _writer;
    private readonly Journal _journal;
    private readonly PendingRows _rows;
    private readonly ILogger<RowWriter> _logger;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private Task? _queued;
    private PendingRow[] _written = [];
    private bool _rotated;
    private int _armed;

    public RowWriter(SqliteDatabase database, SqliteWriter writer, Journal journal, PendingRows rows, TimeProvider time, ILogger<RowWriter> logger)
    {
        (_writer, _journal, _rows, _logger) = (writer, journal, rows, logger);
        _timer = time.CreateTimer(_ => _ = WriteInBackgroundAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Recover(database);
    }

    /// <summary>Says that there is something to write.</summary>
    public void Wake()
    {
        if (_rows.Count >= ManyRows)
        {
            _ = WriteInBackgroundAsync();
        }
        else if (Interlocked.Exchange(ref _armed, 1) == 0)
        {
            _timer.Change(Pace, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes all there is now.</summary>
    /// <exception cref="SqliteException">It failed; the rows stay pending.</exception>
    public Task WriteAsync()
    {
        lock (_lock)
        {
            // One that has ended without having begun has failed; the next one may succeed.
            if (_queued is not { IsCompleted: false })
            {
                _queued = _writer.WriteAsync(Write, CancellationToken.None, Settle).AsTask();
            }

            return _queued;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();

        // What has come before is written by this pass, what comes after goes to SQLite itself: nothing is in the journal alone.
        _journal.Close();
        await WriteAsync();
        _journal.Begin();
    }

    /// <summary>How a status is stored.</summary>
    internal static string NameOf(GenerationStatus status) => status switch
    {
        GenerationStatus.Success => "success",
        GenerationStatus.Failed => "failed",
        _ => "processing",
    };

    private async Task WriteInBackgroundAsync()
    {
        Volatile.Write(ref _armed, 0);
        try
        {
            await WriteAsync();
        }
        catch (Exception e)
        {
            // They are safe in the journal meanwhile.
            Log.RowsNotWritten(_logger, e);
            Volatile.Write(ref _armed, 1);
            _timer.Change(PaceAfterFailure, Timeout.InfiniteTimeSpan);
        }
    }

    private int Write(SqliteConnection connection)
    {
        lock (_lock)
        {
            _queued = null;
        }

        // Before the look at the rows: whatever is in the file written so far is among them. The other one was taken over by an earlier
        // pass, which has been committed.
        if (_journal.IsFilling && !_rotated)
        {
            _rotated = true;
            _journal.Rotate();
        }

        _written = _rows.All();
        _savepoint.Run(connection);
        try
        {
            foreach (var row in _written)
            {
                Write(connection, row);
            }
        }
        catch
        {
            // All or nothing: what is written again would otherwise tell callers twice.
            _undo.Run(connection);
            _release.Run(connection);
            throw;
        }

        _release.Run(connection);
        return _written.Length;
    }

    /// <summary>On the writer's thread, after the commit and before its next one.</summary>
    private void Settle()
    {
        _rows.Settle(_written);
        _written = [];
        _rotated = false;
    }

    private void Write(SqliteConnection connection, PendingRow row)
    {
        // Most have changed since they came, so that it is spared to serialise them for nothing.
        var json = row.Json ?? StateJson.Write(row.State).ToArray();
        if (row.Insert is { } request)
        {
            _upsert.Run(
                connection, row.Id, row.Client, row.CreatedAt.ToUnixTimeMilliseconds(), NameOf(row.Status), row.IsOpen ? 1 : 0, row.Provider,
                row.NativeId, request.Fingerprint, json, row.NeedsRequest ? request.Body : null, row.Revision, row.NeedsRequest ? 1 : 0);
        }
        else
        {
            _update.Run(connection, row.Id, NameOf(row.Status), row.IsOpen ? 1 : 0, row.Provider, row.NativeId, json, row.NeedsRequest ? 1 : 0, row.Revision);
        }

        foreach (var media in row.Media)
        {
            _insertMedia.Run(
                connection, media.Id, row.Id, media.ContentType, media.Bytes, media.Sha256, media.CreatedAt.ToUnixTimeMilliseconds(),
                media.ExpiresAt?.ToUnixTimeMilliseconds());
        }

        for (var i = 0; i < row.Callbacks; i++)
        {
            _insertCallback.Run(connection, row.Id, row.CallbackUrl, row.FinishedAt?.ToUnixTimeMilliseconds() ?? 0);
        }
    }

    /// <summary>What a process before this one has written down and not taken over. Rows that are newer already stay as they are.</summary>
    private void Recover(SqliteDatabase database)
    {
        using var connection = database.ConnectForWriting();
        new PreparedCommand("BEGIN IMMEDIATE").Run(connection);
        foreach (var payload in _journal.Read())
        {
            var (state, insert) = JournalRecord.Read(payload);
            Write(connection, new PendingRow(state, null, insert, [], 0, 0));
        }

        new PreparedCommand("COMMIT").Run(connection);
        _journal.Begin();
    }
}
