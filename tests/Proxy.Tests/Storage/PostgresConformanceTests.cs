using Framegate.Plugins;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Tests.Storage;

[Collection(PostgresTests.Name)]
public sealed class PostgresConformanceTests(PostgresServer server) : StoreConformance
{
    private readonly string _schema = server.NewSchema();

    private protected override async ValueTask<IStoreUnderTest> OpenAsync() => await PostgresTestStore.OpenAsync(server, _schema);

    [Fact]
    public async Task WishesAsync_AProvidersCall_IsNamedUntilItIsTaken()
    {
        await using var store = await PostgresTestStore.OpenAsync(server, _schema);
        await store.Generations.InsertAsync(new GenerationChange(States.New("gen_called"), "me"), States.Request(), default);
        var (early, late) = (Job("queued"), Job("done"));

        await store.Fleet.TellCallAsync("gen_called", early, default);
        Assert.Equal("queued", (await NextAsync()).State["status"]);

        // Whoever was killed before it was safe hears it again.
        Assert.Equal("queued", (await NextAsync()).State["status"]);

        // A later call is not taken with the one before.
        await store.Fleet.TellCallAsync("gen_called", late, default);
        await store.Fleet.CallTakenAsync("gen_called", early, default);
        var called = await NextAsync();
        Assert.Equal("done", called.State["status"]);

        await store.Fleet.CallTakenAsync("gen_called", called, default);
        await store.Fleet.TellCallAsync("gen_called", early, default);
        Assert.Equal("queued", (await NextAsync()).State["status"]);

        static JobHandle Job(string status) => new("job-1", "m") { PollUrl = "https://provider.example/job-1?a=<b>", State = new Dictionary<string, string> { ["status"] = status, ["z"] = "\u00e9", ["a"] = "1" } };

        async Task<JobHandle> NextAsync()
        {
            using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await foreach (var wish in store.Fleet.WishesAsync("me", over.Token))
            {
                return wish.Called!;
            }

            throw new InvalidOperationException("Nothing is wished.");
        }
    }
}
