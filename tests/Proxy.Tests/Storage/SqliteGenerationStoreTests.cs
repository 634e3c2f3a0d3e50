using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Generations;
using Framegate.Proxy.Media;
using Framegate.Proxy.Storage;

namespace Framegate.Proxy.Tests.Storage;

public sealed class SqliteGenerationStoreTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private SqliteWriter _writer = null!;
    private SqliteGenerationStore _store = null!;

    public Task InitializeAsync()
    {
        var database = new SqliteDatabase(Path.Combine(_folder.Path, "framegate.db"));
        _writer = new SqliteWriter(database);
        _store = new SqliteGenerationStore(database, _writer);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _writer.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_AfterInsertAndSave_GivesBackEverything()
    {
        var state = States.Accepted("a", "native-1");
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(States.New("a")));
        await SaveAsync(state);

        var found = _store.Find("a")!;

        Assert.Equal(1, found.Number);
        Assert.Equal(Json(state), Json(found));
        Assert.Null(_store.Find("b"));
    }

    [Fact]
    public async Task InsertAsync_IdIsTaken_StoresNothing()
    {
        await InsertAsync(States.New("a"), States.Request("{}", "key-1"));

        Assert.Equal(InsertOutcome.IdTaken, await InsertAsync(States.New("a", provider: "sora"), States.Request("{\"x\":1}", "key-2")));

        Assert.Equal("flux", _store.Find("a")!.Provider);
        Assert.Null(_store.FindKey("local", "key-2"));
        Assert.Equal(States.Request().Fingerprint, _store.FingerprintOf("a"));
    }

    [Fact]
    public async Task InsertAsync_KeyIsTaken_StoresNothing()
    {
        await InsertAsync(States.New("a"), States.Request("{}", "key"));

        Assert.Equal(InsertOutcome.KeyTaken, await InsertAsync(States.New("b"), States.Request("{}", "key")));
        Assert.Null(_store.Find("b"));
        Assert.Equal("a", _store.FindKey("local", "key")!.Value.Id);

        // Keys are each client's own.
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(States.New("c", client: "other"), States.Request("{}", "key")));
    }

    [Fact]
    public async Task InsertAsync_SameKeyManyTimesAtOnce_StoresOne()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => InsertAsync(States.New($"g{i}"), States.Request("{}", "key"))));

        Assert.Single(outcomes, InsertOutcome.Stored);
        Assert.Single(_store.List(Filter()));
    }

    [Fact]
    public async Task Open_AfterReopeningTheFile_GivesWhatIsNotFinishedWithItsBody()
    {
        foreach (var id in new[] { "queued", "running", "done" })
        {
            await InsertAsync(States.New(id), States.Request("body of " + id));
        }

        await SaveAsync(States.Accepted("running", "native-1"));
        await SaveAsync(States.Ended("done", GenerationPhase.Succeeded));
        var reopened = new SqliteDatabase(Path.Combine(_folder.Path, "framegate.db"));
        await using var writer = new SqliteWriter(reopened);

        var open = new SqliteGenerationStore(reopened, writer).Open().ToList();

        Assert.Equal(["queued", "running"], open.Select(o => o.State.Id));
        Assert.Equal("body of queued"u8.ToArray(), open[0].Body);
        Assert.Null(open[1].Body); // accepted: the prompt is not kept any longer
        Assert.Equal("native-1", open[1].State.Job!.NativeId);
    }

    [Fact]
    public async Task Open_OutcomeUnknown_KeepsTheBodyForTheSearch()
    {
        await InsertAsync(States.New("a"), States.Request("body"));
        await SaveAsync(States.New("a") with { Phase = GenerationPhase.Unknown });

        Assert.Equal("body"u8.ToArray(), Assert.Single(_store.Open()).Body);

        await SaveAsync(States.Ended("a", GenerationPhase.Unknown));
        Assert.Empty(_store.Open());
    }

    [Fact]
    public async Task List_Filters_NewestFirstPageByPage()
    {
        for (var i = 0; i < 5; i++)
        {
            await InsertAsync(States.New($"g{i}", provider: i == 4 ? "sora" : "flux"));
        }

        await InsertAsync(States.New("other", client: "other"));
        await SaveAsync(States.Ended("g1", GenerationPhase.Succeeded));
        await SaveAsync(States.Ended("g2", GenerationPhase.Failed));

        Assert.Equal(["g4", "g3", "g2", "g1", "g0"], Ids(Filter()));
        Assert.Equal(["g4", "g3"], Ids(Filter() with { Limit = 2 }));
        Assert.Equal(["g2", "g1", "g0"], Ids(Filter() with { Before = _store.Find("g3")!.Number }));
        Assert.Equal(["g1"], Ids(Filter() with { Status = "success" }));
        Assert.Equal(["g2"], Ids(Filter() with { Status = "failed" }));
        Assert.Equal(["g4"], Ids(Filter() with { Provider = "sora" }));
        Assert.Equal(["other"], Ids(Filter() with { Client = "other" }));
    }

    [Fact]
    public async Task SaveAsync_ManyAtOnce_KeepsTheLastOfEach()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => InsertAsync(States.New($"g{i}"))));

        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            await SaveAsync(States.Accepted($"g{i}", $"native-{i}"));
            await SaveAsync(States.Ended($"g{i}", GenerationPhase.Succeeded));
        }));

        Assert.Empty(_store.Open());
        Assert.Equal(300, _store.List(Filter() with { Status = "success" }).Count);
    }

    [Fact]
    public async Task IsClaimed_NativeJobOfAGeneration_IsTrueForItsProviderOnly()
    {
        await InsertAsync(States.New("a"));
        await SaveAsync(States.Accepted("a", "native-1"));

        Assert.True(_store.IsClaimed("flux", "native-1"));
        Assert.False(_store.IsClaimed("flux", "native-2"));
        Assert.False(_store.IsClaimed("sora", "native-1"));
    }

    [Fact]
    public async Task ForgetAsync_OldOnes_GoWithTheirKeysAndMedia()
    {
        await InsertAsync(States.New("old"), States.Request("{}", "key"));
        await InsertAsync(States.New("running"));
        await SaveAsync(
            States.Ended("old", GenerationPhase.Succeeded),
            new StoredMedia("med_old", "image/png", 1, "00", States.Now, States.Now.AddDays(1)),
            new StoredMedia("med_new", "image/png", 1, "00", States.Now, States.Now.AddDays(9)),
            new StoredMedia("med_ever", "image/png", 1, "00", States.Now, null));

        Assert.Empty(await _store.ForgetAsync(States.Now, States.Now, default));
        Assert.NotNull(_store.Find("old"));

        Assert.Equal(["med_old"], await _store.ForgetAsync(States.Now.AddDays(2), States.Now.AddDays(2), default));
        Assert.Null(_store.Find("old"));
        Assert.Null(_store.FindKey("local", "key"));
        Assert.Null(_store.FindMedia("med_old"));
        Assert.NotNull(_store.FindMedia("med_new"));
        Assert.NotNull(_store.FindMedia("med_ever"));
        Assert.NotNull(_store.Find("running")); // still open, however old
    }

    [Fact]
    public async Task WriteAsync_OneChangeOfABatchFails_TheOthersAreStored()
    {
        var bad = _writer.WriteAsync<int>(_ => throw new InvalidOperationException("mine"), default).AsTask();
        var good = InsertAsync(States.New("a"));

        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        Assert.Equal(InsertOutcome.Stored, await good);
        Assert.NotNull(_store.Find("a"));
    }

    private static GenerationFilter Filter() => new("local", null, null, null, 1000);

    private static string Json(GenerationState state) => JsonSerializer.Serialize(state, GenerationJson.Default.GenerationState);

    private IEnumerable<string> Ids(GenerationFilter filter) => _store.List(filter).Select(s => s.Id);

    private Task<InsertOutcome> InsertAsync(GenerationState state, StoredRequest? request = null) =>
        _store.InsertAsync(state, request ?? States.Request(), default).AsTask();

    private Task SaveAsync(GenerationState state, params StoredMedia[] media) => _store.SaveAsync(state, media, false, default).AsTask();
}
