using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Reads the database on threads of its own, so that none that serves a request waits for the disk.</summary>
internal sealed class SqliteReader : IDisposable
{
    private const int Threads = 2;
    private readonly BlockingCollection<Action<SqliteConnection>> _reads = [];
    private Thread[] _threads = [];

    /// <summary>True once something that was read was not what had been written.</summary>
    public bool HasMetDamage { get; private set; }

    /// <summary>Begins to read.</summary>
    public void Start(SqliteDatabase database)
    {
        _threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(() => Run(database)) { IsBackground = true, Name = "Framegate database reader" })];
        Array.ForEach(_threads, t => t.Start());
    }

    /// <summary>Runs a read.</summary>
    /// <exception cref="Engine.StoreContract.StoreUnavailableException">The database cannot be read now.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reads.Add(
            connection =>
            {
                try
                {
                    done.SetResult(read(connection));
                }
                catch (Exception e)
                {
                    HasMetDamage |= e is DamagedRowException or SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB };
                    done.SetException(SqliteErrors.Of(e));
                }
            },
            cancellationToken);
        return await done.Task.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _reads.CompleteAdding();
        Array.ForEach(_threads, t => t.Join());
    }

    private void Run(SqliteDatabase database)
    {
        using var connection = database.Connect();
        foreach (var read in _reads.GetConsumingEnumerable())
        {
            read(connection);
        }
    }
}
