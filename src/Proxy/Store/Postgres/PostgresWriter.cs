using System.Collections.Concurrent;
using System.Threading.Channels;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// Writes to the database. Changes that arrive while a commit is under way share the next one, so that the cost of durability and of the way there is paid per batch.
/// A change whose answer was lost on the way runs again, and finds what was done before. So nobody receives a failure where something is stored.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="time">The clock.</param>
internal sealed class PostgresWriter(PostgresDatabase database, TimeProvider time) : IAsyncDisposable
{
    private const int Writers = 2;
    private const int LargestBatch = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromMilliseconds(200);
    private readonly Channel<Change> _changes = Channel.CreateBounded<Change>(8192);

    // Of changes that nobody knows whether they are stored, and whose callers received a failure.
    private readonly ConcurrentQueue<Statement> _undo = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;
    private volatile Exception? _problem;

    /// <summary>Why the last commit failed; null when it did not.</summary>
    public Exception? Problem => _problem;

    /// <summary>Begins to write.</summary>
    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(RunAsync)));

    /// <summary>Runs a change in the next commit.</summary>
    /// <param name="statement">The change; running it twice must come to the same, unless it is <paramref name="isOnce"/>.</param>
    /// <param name="read">Reads its rows.</param>
    /// <param name="cancellationToken">Gives up waiting; the change may run all the same.</param>
    /// <param name="order">Changes of one batch that may wait for those of another run in this order, so that no two batches wait for each other.</param>
    /// <param name="undo">Takes it back when it fails and may be stored all the same; null when nobody minds.</param>
    /// <param name="isOnce">True for one that comes to something else when it runs again: where nobody knows whether it is stored, it fails.</param>
    /// <returns>What was read, once the change is on the disk.</returns>
    /// <exception cref="StoreUnavailableException">The change or the commit failed.</exception>
    public async ValueTask<T> WriteAsync<T>(
        Statement statement, Func<NpgsqlDataReader, CancellationToken, Task<T>> read, CancellationToken cancellationToken, string order = "", Statement? undo = null, bool isOnce = false)
    {
        var change = new Change<T>(statement, read) { Order = order, Undo = undo, IsOnce = isOnce };
        await _changes.Writer.WriteAsync(change, cancellationToken);
        return await change.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Runs a change that reports nothing.</summary>
    public async ValueTask WriteAsync(Statement statement, CancellationToken cancellationToken, string order = "") =>
        await WriteAsync(statement, static (_, _) => Task.FromResult(true), cancellationToken, order);

    /// <summary>Reads the one number of a change that returns how it went.</summary>
    public static async Task<int> NumberAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        await rows.ReadAsync(cancellationToken);
        return rows.GetInt32(0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_changes.Writer.TryComplete())
        {
            await _running;
            await _ending.CancelAsync();
            _ending.Dispose();
        }
    }

    private async Task RunAsync()
    {
        var batch = new List<Change>(LargestBatch);
        while (await _changes.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (batch.Count < LargestBatch && _changes.Reader.TryRead(out var change))
            {
                batch.Add(change);
            }

            if (batch.Count > 0)
            {
                await CommitAsync(batch);
                batch.Clear();
            }
        }
    }

    private async Task CommitAsync(List<Change> batch)
    {
        batch.Sort(static (a, b) => string.CompareOrdinal(a.Order, b.Order));
        var sent = false;
        try
        {
            await using var connection = await database.ConnectAsync(_ending.Token);
            await UndoAsync(connection);
            sent = true;
            await SendAsync(connection, batch);
            _problem = null;
        }
        catch (Exception e)
        {
            if (!sent)
            {
                // Nothing has left.
                Fail(batch, e);
                return;
            }

            // One of them has undone the others: by itself, each receives its own failure.
            foreach (var change in batch)
            {
                await CommitAloneAsync(change, e);
            }

            return;
        }

        batch.ForEach(static change => change.Complete());
    }

    private async Task CommitAloneAsync(Change change, Exception first)
    {
        // A connection that broke leaves open whether the change was done; it is not given up before that is known.
        var isOpen = PostgresErrors.IsOfTheLine(first);
        var until = time.GetUtcNow() + Patience;
        for (var failure = first; ;)
        {
            if (isOpen && change.IsOnce)
            {
                Fail([change], failure);
                return;
            }

            var sent = false;
            try
            {
                await using var connection = await database.ConnectAsync(_ending.Token);
                await UndoAsync(connection);
                sent = true;
                await SendAsync(connection, [change]);
                _problem = null;
                change.Complete();
                return;
            }
            catch (Exception e)
            {
                failure = e;
                isOpen |= sent && PostgresErrors.IsOfTheLine(e);
                if (time.GetUtcNow() >= until || !(PostgresErrors.IsOfTheMoment(e) || (PostgresErrors.IsOfTheLine(e) && isOpen)))
                {
                    if (isOpen && change.Undo is { } undo)
                    {
                        _undo.Enqueue(undo);
                    }

                    Fail([change], e);
                    return;
                }
            }

            await Pause.ForAsync(PauseBetweenTries, time, _ending.Token);
        }
    }

    private static async Task SendAsync(NpgsqlConnection connection, List<Change> changes)
    {
        await using var batch = new NpgsqlBatch(connection);
        changes.ForEach(change => batch.BatchCommands.Add(change.Statement.InBatch()));
        await using var rows = await batch.ExecuteReaderAsync(CancellationToken.None);
        foreach (var change in changes)
        {
            await change.ReadAsync(rows, CancellationToken.None);
            await rows.NextResultAsync(CancellationToken.None);
        }
    }

    /// <summary>Takes back what was reported as failed, before anything else is written.</summary>
    private async Task UndoAsync(NpgsqlConnection connection)
    {
        while (_undo.TryDequeue(out var undo))
        {
            try
            {
                await using var command = undo.On(connection);
                await command.ExecuteNonQueryAsync(_ending.Token);
            }
            catch (Exception)
            {
                _undo.Enqueue(undo);
                throw;
            }
        }
    }

    private void Fail(List<Change> changes, Exception e)
    {
        var failure = PostgresErrors.Of(e);
        _problem = failure is StoreUnavailableException ? failure : null;
        changes.ForEach(change => change.Fail(failure));
    }

    private abstract class Change(Statement statement)
    {
        public Statement Statement => statement;

        public string Order { get; init; } = "";

        public Statement? Undo { get; init; }

        public bool IsOnce { get; init; }

        public abstract Task ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Change<T>(Statement statement, Func<NpgsqlDataReader, CancellationToken, Task<T>> read) : Change(statement)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _done.Task;

        public override async Task ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken) => _result = await read(rows, cancellationToken);

        public override void Complete() => _done.TrySetResult(_result);

        public override void Fail(Exception exception) => _done.TrySetException(exception);
    }
}
