using Framegate.Proxy.Clients;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>The SQLite store on a folder, as the program puts it together. Disposing of it is an orderly stop.</summary>
internal sealed class TestStore : IStoreUnderTest
{
    private readonly FakeTimeProvider _time = new(States.Now);
    private readonly SqliteReader _reader = new();
    private readonly SqliteDatabase _database;

    public TestStore(string folder, Func<long>? freeBytes = null)
    {
        var database = _database = new SqliteDatabase(Path.Combine(folder, "framegate.db"), freeBytes);
        var media = new SqliteMediaCatalogue(database, _reader, Writer);
        var generations = new SqliteGenerationStore(database, _reader, Writer, media, _time);
        (Media, Generations, Reports, Health) = (media, generations, generations, new SqliteHealth(generations, _reader, Writer, database, TimeProvider.System));
        (Clients, NativeOrders) = (new SqliteClientStore(_reader, Writer), new SqliteNativeOrders(_reader, Writer));
        (Callbacks, NativeJobs) = (new SqliteCallbackStore(_reader, Writer), new SqliteNativeJobs(database, _reader, Writer));
        new SqliteStart(database, _reader, Writer, Options.Create(new JobsOptions()), _time, NullLogger<SqliteStart>.Instance).StartAsync(default).GetAwaiter().GetResult();
    }

    public SqliteReader Reader => _reader;

    public SqliteWriter Writer { get; } = new();

    public IGenerationStore Generations { get; }

    public IGenerationReports Reports { get; }

    public IStoreHealth Health { get; }

    public IMediaCatalogue Media { get; }

    public ICallbackStore Callbacks { get; }

    public INativeJobs NativeJobs { get; }

    public INativeOrders NativeOrders { get; }

    public IClientStore Clients { get; }

    /// <summary>The store as a process finds it that starts after this one was killed right now.</summary>
    public static TestStore AfterKill(string folder, string copy)
    {
        foreach (var file in Directory.GetFiles(folder))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return new TestStore(copy);
    }

    public ValueTask PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await Writer.DisposeAsync();

        // Whatever a test has done through the store, each row is what its checksum covers.
        Assert.Empty(DatabaseCheck.Run(_database).Faults);
    }
}
