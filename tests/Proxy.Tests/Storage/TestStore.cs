using Framegate.Proxy.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>The store on a folder, as the program puts it together. Disposing of it is an orderly stop.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly Journal _journal;
    private readonly RowWriter _rows;

    public TestStore(string folder)
    {
        var database = new SqliteDatabase(Path.Combine(folder, "framegate.db"));
        var pending = new PendingRows();
        Writer = new SqliteWriter(database);
        _journal = new Journal(folder);
        _rows = new RowWriter(database, Writer, _journal, pending, TimeProvider.System, NullLogger<RowWriter>.Instance);
        Generations = new SqliteGenerationStore(database, Writer, _journal, pending, _rows);
    }

    public SqliteWriter Writer { get; }

    public SqliteGenerationStore Generations { get; }

    /// <summary>The store as a process finds it that starts after this one was killed right now.</summary>
    public static TestStore AfterKill(string folder, string copy)
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return new TestStore(copy);
    }

    /// <summary>What the journal would give the next process.</summary>
    public IEnumerable<byte[]> Journalled => _journal.Read();

    /// <summary>The first step of an orderly stop.</summary>
    public ValueTask StopRowsAsync() => _rows.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        await StopRowsAsync();
        await Writer.DisposeAsync();
        _journal.Dispose();
    }
}
