using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Moving;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Proxy.Tests.Inputs;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A data folder that moves to where a generation of the same id is already.</summary>
[Collection(PostgresTests.Name)]
public sealed class FolderMoveTests(PostgresServer server)
{
    [Fact]
    public async Task Move_RunAgain_NamesOnceMoreWhatWasPassedOver()
    {
        using var folder = new TempFolder();
        await using (var store = new TestStore(folder.Path))
        {
            await store.Generations.InsertAsync(new GenerationChange(States.New("gen_a"), "me"), States.Request(), default);
            await store.Generations.InsertAsync(new GenerationChange(States.New("gen_b"), "me"), States.Request(), default);
        }

        var schema = server.NewSchema();
        await using var replica = await PostgresTestStore.OpenAsync(server, schema);
        await replica.Generations.InsertAsync(new GenerationChange(States.New("gen_b", client: "another"), "me"), States.Request(), default);

        for (var run = 0; run < 3; run++)
        {
            var counts = await MoveAsync(folder, schema);
            Assert.Equal("generation gen_b: another one has its id", Assert.Single(counts.Problems));
            Assert.Equal(run == 0 ? (1, 0) : (0, 1), counts.Kinds.Where(k => k.Kind == "generations").Select(k => (k.Moved, k.Known)).Single());
        }

        Assert.Equal("another", (await replica.Generations.FindAsync("gen_b", default))!.Client);
    }

    private async Task<MoveCounts> MoveAsync(TempFolder folder, string schema)
    {
        var source = new SqliteDatabase(Path.Combine(folder.Path, "framegate.db"));
        source.Open(DateTimeOffset.MinValue);
        using var connection = source.Connect();
        await using var target = server.Database(schema);
        var move = new FolderMove(folder.Path, connection, target, null, InputCalls.FolderIn(folder), TimeProvider.System);
        try
        {
            await move.RunAsync(default);
        }
        finally
        {
            source.Record.Dispose();
        }

        return move.Counts;
    }
}
