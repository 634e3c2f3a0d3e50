using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

public sealed class SqliteConformanceTests : StoreConformance, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>No index is of all clients: what lies far back is not counted, and the answer tells so unless the time that is asked for leaves it out.</summary>
    [Fact]
    public async Task SearchAsync_CountedOverAllClients_LooksAtTheNewest()
    {
        for (var i = 0; i < 7; i++)
        {
            await InsertAsync(States.New($"g{i}") with { CreatedAt = States.Now.AddSeconds(i) });
        }

        var search = new GenerationSearch { Limit = 2, CountUpTo = 100, Window = 3 };
        Assert.Equal(new GenerationCount(3, IsLeast: true), (await Reports.SearchAsync(search, default))!.Count);
        Assert.Equal(new GenerationCount(2, IsLeast: false), (await Reports.SearchAsync(search with { From = States.Now.AddSeconds(5) }, default))!.Count);
    }

    /// <remarks>Whoever else has left orders in the file is gone, so that no new ones come: each native submit asks, and none of them waits for the disk.</remarks>
    [Fact]
    public async Task NativeOrders_NobodyElseHasLeftAny_AreLookedForOnce()
    {
        using var folder = new TempFolder();
        await using var store = new TestStore(folder.Path);
        var behind = new SqliteNativeOrders(store.Reader, store.Writer);
        Assert.Null(await TakeAsync(store.NativeOrders));

        await behind.BeginAsync("left", "gone", "shop", [1], States.Now, default);

        Assert.Null(await TakeAsync(store.NativeOrders));
        Assert.Equal("left", (await TakeAsync(behind))?.Id);

        static async Task<LostNativeOrder?> TakeAsync(INativeOrders orders) => await orders.TakeAsync("me", "shop", [1], States.Now.AddSeconds(-300), default);
    }

    private protected override ValueTask<IStoreUnderTest> OpenAsync() => new(new TestStore(_folder.Path));
}
