using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// The one writer of the database. Changes that arrive while a commit is on its way to the disk share the next one, so that the cost of
/// durability is paid per batch and not per change.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    private const int LargestBatch = 512;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(new BoundedChannelOptions(8192) { SingleReader = true });

    // Statements of their own, since a SqliteTransaction would have to be assigned to every prepared command anew.
    private readonly PreparedCommand _begin = new("BEGIN IMMEDIATE");
    private readonly PreparedCommand _commit = new("COMMIT");
    private readonly PreparedCommand _rollBack = new("ROLLBACK");
    private readonly PreparedCommand _count = new("UPDATE store SET commits = ?1, sum = row_sum(id, ?1)");
    private readonly PreparedCommand _savepoint = new("SAVEPOINT change");
    private readonly PreparedCommand _undo = new("ROLLBACK TO change");
    private readonly PreparedCommand _release = new("RELEASE change");
    private SqliteConnection _connection = null!;
    private CommitRecord _record = null!;
    private string _path = "";
    private long _commits;
    private volatile Exception? _problem;

    // A thread of its own: waiting for the disk on a pool thread would take one of the few that serve requests.
    private Thread? _thread;
    private readonly ManualResetEventSlim _wake = new();
    private volatile bool _asleep;
    private bool _unsettled;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Why the last commit failed; null when it did not.</summary>
    public Exception? Problem
    {
        get => _problem;
        private set => _problem = value;
    }

    /// <summary>Begins to write.</summary>
    public void Start(SqliteDatabase database)
    {
        _connection = database.ConnectForWriting();
        _connection.Handle!.enable_sqlite3_next_stmt(true);
        (_record, _path) = (database.Record, database.FilePath);
        using (var count = _connection.Command("SELECT commits FROM store"))
        {
            _commits = (long)count.ExecuteScalar()!;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "Framegate database writer" };
        _thread.Start();
    }

    /// <summary>Runs a change in the next commit.</summary>
    /// <param name="work">The change; runs on the writer, must not block on anything else.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may run all the same.</param>
    /// <param name="hasParts">True when it is made of several statements, all of which count or none.</param>
    /// <param name="subject">Names what the change has changed by what it returned, so that a loss has a name; null for nothing that a client was notified of.</param>
    /// <returns>What the change returned, once it is on the disk.</returns>
    /// <exception cref="InvalidOperationException">The writer has not begun.</exception>
    /// <exception cref="Engine.StoreContract.StoreUnavailableException">The change or the commit failed; nothing of this change is stored.</exception>
    public async ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken, bool hasParts = false, Func<T, string?>? subject = null)
    {
        if (_thread is null)
        {
            throw new InvalidOperationException("The database has not been opened yet.");
        }

        var change = new Change<T>(work, hasParts, subject);
        await _changes.Writer.WriteAsync(change, cancellationToken);
        Wake();
        return await change.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_changes.Writer.TryComplete() && _thread is not null)
        {
            _wake.Set();
            await _ended.Task;
            _wake.Dispose();

            // A connection with statements would stay open behind the scenes, and its log on the disk.
            while (raw.sqlite3_next_stmt(_connection.Handle, null) is { } statement)
            {
                raw.sqlite3_finalize(statement);
            }

            await _connection.DisposeAsync();
            if (_problem is null && new FileInfo(_path + "-wal") is not { Exists: true, Length: > 0 })
            {
                _record.SealWith(_path);
            }

            _record.Dispose();
        }
    }

    private void Run()
    {
        var batch = new List<Change>(LargestBatch);
        while (!_changes.Reader.Completion.IsCompleted)
        {
            Take(batch);
            if (batch.Count == 0)
            {
                Sleep(batch);
            }

            if (batch.Count > 0)
            {
                Commit(batch);
                batch.Clear();
            }
        }

        Checkpoint("TRUNCATE");
        _ended.SetResult();
    }

    /// <summary>Takes what the log holds over into the file: little by little whenever there is nothing else to do, and all of it at the end.</summary>
    private void Checkpoint(string mode)
    {
        try
        {
            using var checkpoint = _connection.Command($"PRAGMA wal_checkpoint({mode})");
            checkpoint.ExecuteNonQuery();
            _unsettled = false;
        }
        catch (SqliteException)
        {
            // Nothing is lost: it stays in the log, and the next one takes it.
        }
    }

    /// <summary>Costs a system call only when the writer has nothing to do.</summary>
    private void Wake()
    {
        Interlocked.MemoryBarrier();
        if (_asleep)
        {
            _wake.Set();
        }
    }

    /// <summary>Waits for a change. One that arrives between the last look and the wait is found by the second look.</summary>
    private void Sleep(List<Change> batch)
    {
        _wake.Reset();
        _asleep = true;
        Interlocked.MemoryBarrier();
        Take(batch);
        if (batch.Count == 0 && !_changes.Reader.Completion.IsCompleted && !_wake.Wait(_unsettled ? Quiet : Timeout.InfiniteTimeSpan))
        {
            Checkpoint("PASSIVE");
        }

        _asleep = false;
    }

    private void Take(List<Change> batch)
    {
        while (batch.Count < LargestBatch && _changes.Reader.TryRead(out var change))
        {
            batch.Add(change);
        }
    }

    private void Commit(List<Change> batch)
    {
        try
        {
            _begin.Run(_connection);
            var changes = raw.sqlite3_total_changes(_connection.Handle);
            foreach (var change in batch)
            {
                if (Run(change) is { } failure && !IsInTransaction)
                {
                    // A full disk, or one that fails: SQLite has undone the whole batch by itself, what ran before included.
                    Problem = SqliteErrors.Of(failure);
                    batch.ForEach(c => c.Fail(failure));
                    return;
                }
            }

            var counts = raw.sqlite3_total_changes(_connection.Handle) != changes;
            if (counts)
            {
                _count.Run(_connection, _commits + 1);
            }

            _commit.Run(_connection);
            _unsettled = true;
            Problem = null;
            if (counts)
            {
                // Before anybody is answered: what has been acknowledged is on the record.
                _record.Append(++_commits, batch.Select(change => change.Subject));
            }
        }
        catch (Exception e)
        {
            RollBack();
            Problem = SqliteErrors.Of(e);

            // Whatever it was, the writer lives on: its callers receive the failure, and nobody waits for ever.
            batch.ForEach(change => change.Fail(e));
            return;
        }

        batch.ForEach(change => change.Complete());
    }

    /// <summary>Runs one change of a batch.</summary>
    /// <returns>Why it failed, with nothing of it left; null when it did not.</returns>
    private Exception? Run(Change change)
    {
        if (!change.HasParts)
        {
            // SQLite undoes a failed statement by itself; the rest of the batch is not touched.
            return change.Run(_connection);
        }

        _savepoint.Run(_connection);
        if (change.Run(_connection) is not { } failure)
        {
            _release.Run(_connection);
            return null;
        }

        if (IsInTransaction)
        {
            _undo.Run(_connection);
            _release.Run(_connection);
        }

        return failure;
    }

    private bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle) == 0;

    private void RollBack()
    {
        try
        {
            if (IsInTransaction)
            {
                _rollBack.Run(_connection);
            }
        }
        catch (SqliteException)
        {
            // What broke first is what callers are to know. The next BEGIN fails while the transaction is still there, and nothing is stored by accident.
        }
    }

    private abstract class Change
    {
        public abstract bool HasParts { get; }

        public abstract string? Subject { get; }

        public abstract Exception? Run(SqliteConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Change<T>(Func<SqliteConnection, T> work, bool hasParts, Func<T, string?>? subject) : Change
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;
        private Exception? _failure;

        public Task<T> Task => _done.Task;

        public override bool HasParts => hasParts;

        public override string? Subject => _failure is null ? subject?.Invoke(_result) : null;

        public override Exception? Run(SqliteConnection connection)
        {
            try
            {
                _result = work(connection);
            }
            catch (Exception e)
            {
                _failure = e;
            }

            return _failure;
        }

        public override void Complete()
        {
            if (_failure is null)
            {
                _done.SetResult(_result);
            }
            else
            {
                _done.SetException(SqliteErrors.Of(_failure));
            }
        }

        public override void Fail(Exception exception) => _done.SetException(SqliteErrors.Of(_failure ?? exception));
    }
}
