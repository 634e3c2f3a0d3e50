using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Store.Postgres;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A replica's view of the PostgreSQL store, as the program puts it together. Disposing of it is an orderly stop.</summary>
internal sealed class PostgresTestStore : IStoreUnderTest
{
    private readonly PostgresServer _server;
    private readonly string _schema;
    private readonly PostgresDatabase _database;
    private readonly PostgresWriter _writer;
    private readonly PostgresFeed _feed;

    private PostgresTestStore(PostgresServer server, string schema, string owner, int? port, TimeProvider time)
    {
        (_server, _schema, _database) = (server, schema, server.Database(schema, port));
        _writer = new PostgresWriter(_database, TimeProvider.System);
        _feed = new PostgresFeed(_database, new StoreOwner(owner), TimeProvider.System);
        Store = new PostgresGenerationStore(_database, _writer, _feed, time);
        Media = new PostgresMediaCatalogue(_database, _writer);
        Callbacks = new PostgresCallbackStore(_database, _writer);
        NativeJobs = new PostgresNativeJobs(_database, _writer);
        NativeOrders = new PostgresNativeOrders(_database, _writer, _feed, new StoreOwner(owner), Options.Create(new StoreOptions()), TimeProvider.System);
        Orders = new PostgresOrders(_database, _writer, _feed, new StoreOwner(owner), Options.Create(new StoreOptions()), TimeProvider.System);
        Clients = new PostgresClientStore(_database, _writer, _feed, TimeProvider.System);
        Health = new PostgresHealth(_database, _writer, TimeProvider.System);
        Places = new PostgresQueue(_database);
        Fleet = new PostgresFleet(_database, _writer, _feed, Options.Create(new StoreOptions()), TimeProvider.System);
    }

    public static async Task<PostgresTestStore> OpenAsync(PostgresServer server, string schema, string owner = "me", int? port = null, TimeProvider? time = null)
    {
        var store = new PostgresTestStore(server, schema, owner, port, time ?? TimeProvider.System);
        await new PostgresStart(new DataFolder(AppContext.BaseDirectory), store._database, store._writer).StartAsync(default);
        await store._feed.StartAsync(default);
        return store;
    }

    public PostgresGenerationStore Store { get; }

    public IGenerationStore Generations => Store;

    public IGenerationReports Reports => Store;

    public IClientStore Clients { get; }

    public IFleet Fleet { get; }

    public IQueuePlaces Places { get; }

    public IStoreHealth Health { get; }

    public IMediaCatalogue Media { get; }

    public ICallbackStore Callbacks { get; }

    public INativeJobs NativeJobs { get; }

    public INativeOrders NativeOrders { get; }

    public IOrdersElsewhere Orders { get; }

    public async ValueTask PassAsync(TimeSpan time) => await _server.TellAsync(
        _schema, $"UPDATE replicas SET lease_until = lease_until - interval '{(long)time.TotalSeconds} s', steady_since = steady_since - interval '{(long)time.TotalSeconds} s'");

    public async ValueTask DisposeAsync()
    {
        await _feed.StopAsync(default);
        _feed.Dispose();
        await _writer.DisposeAsync();
        await _database.DisposeAsync();
    }
}
