using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Three replicas on one database; the first has an order.</summary>
public abstract class PostgresReplicas(PostgresServer server) : IAsyncLifetime
{
    private protected static readonly StoredRequest s_request = States.Request("a fox") with { ByContent = true };
    private protected static readonly ContentKey s_key = ContentKey.Of("local", s_request.Fingerprint);
    private protected static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);
    private protected static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    // The states of tests are of another year.
    private protected static readonly TimeSpan s_longAgo = TimeSpan.FromDays(10_000);
    private protected readonly string _schema = server.NewSchema();
    private protected readonly List<ContentKey> _asked = [];
    private protected PostgresTestStore _first = null!;
    private protected PostgresTestStore _second = null!;
    private protected PostgresTestStore _third = null!;

    private protected PostgresServer Server => server;

    public async Task InitializeAsync()
    {
        _first = await PostgresTestStore.OpenAsync(server, _schema, "first");
        _second = await PostgresTestStore.OpenAsync(server, _schema, "second");
        _third = await PostgresTestStore.OpenAsync(server, _schema, "third");
        foreach (var (store, name) in new[] { (_first, "first"), (_second, "second"), (_third, "third") })
        {
            await store.Generations.RenewAsync(name, s_long, default);
        }

        await _first.Generations.InsertAsync(new GenerationChange(States.New("gen_a"), "first"), s_request, default);
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _third.DisposeAsync();
    }

    private protected static Task<LostNativeOrder?> TakeNativeAsync(PostgresTestStore store, string owner, CancellationToken cancellationToken) =>
        store.NativeOrders.TakeAsync(owner, "shop", s_request.Fingerprint, States.Now.AddMinutes(-5), cancellationToken).AsTask();

    private protected void Serve(PostgresTestStore store, GivenOrder answer) => store.Orders.Serve(
        key =>
        {
            _asked.Add(key);
            return answer;
        },
        static (_, _, _) => { });

    /// <summary>A replica's orders, some of which have lost their callers.</summary>
    private protected static OrderTable<string> Table(PostgresTestStore store, params string[] left)
    {
        var table = new OrderTable<string>(100, TimeProvider.System);
        foreach (var id in left)
        {
            table.Restore(s_key, id, TimeProvider.System.GetUtcNow());
        }

        store.Orders.Serve(key => Give(table, key), (key, id, isKept) => Settle(table, key, id, isKept));
        return table;
    }

    private protected static GivenOrder Give(OrderTable<string> table, ContentKey key) => table.Give(key, s_long) is var (id, isPending) ? new GivenOrder(id, isPending) : default;

    private protected static void Settle(OrderTable<string> table, ContentKey key, string id, bool isKept)
    {
        if (isKept)
        {
            table.Restore(key, id, TimeProvider.System.GetUtcNow());
        }
    }

    private protected static Action<string> Put(OrderTable<string> table) => id => table.Restore(s_key, id, TimeProvider.System.GetUtcNow());

    /// <summary>The replicas have had their leases for long.</summary>
    private protected async Task IsSteadyAsync() => await server.TellAsync(_schema, "UPDATE replicas SET steady_since = clock_timestamp() - interval '10 minutes'");

    private protected static async Task UntilAsync(Func<ValueTask<bool>> isSo)
    {
        for (var i = 0; i < 100; i++)
        {
            if (await isSo())
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, CancellationToken.None);
        }

        Assert.Fail("It did not come to be so.");
    }

    private protected static UnansweredOrders Of(PostgresTestStore store) => new(
        store.Generations, new OneReplica(), Options.Create(new JobsOptions { RepeatWindow = s_longAgo }), TimeProvider.System, NullLogger<UnansweredOrders>.Instance, store.Orders);

    private protected static Task<bool> TakeAsync(UnansweredOrders orders, StoredRequest request, CancellationToken cancellationToken) =>
        orders.TakeFromOthersAsync("local", request.Fingerprint, static _ => true, static _ => true, cancellationToken).AsTask();

    private protected static ValueTask<string?> TakeAsync(
        PostgresTestStore store, string client = "local", Func<GenerationState, bool>? mayAnswer = null, bool isDriven = true, Action<string>? taken = null, CancellationToken cancellationToken = default) =>
        store.Orders.TakeAsync(client, s_request.Fingerprint, States.Now.AddHours(-1), mayAnswer ?? (static _ => true), _ => isDriven, taken ?? (static _ => { }), cancellationToken);
}
