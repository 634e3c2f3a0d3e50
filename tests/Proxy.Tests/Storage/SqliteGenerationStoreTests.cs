using System.Text.Json;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

public sealed class SqliteGenerationStoreTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private TestStore _opened = null!;

    private SqliteGenerationStore Store => _opened.Generations;

    public Task InitializeAsync()
    {
        _opened = new TestStore(_folder.Path);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _opened.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_AfterInsertAndSave_GivesBackEverything()
    {
        var state = States.Accepted("a", "native-1");
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(States.New("a")));
        await SaveAsync(state);

        var found = Store.Find("a")!;

        Assert.Equal(Json(state), Json(found));
        Assert.Null(Store.Find("b"));
    }

    [Fact]
    public async Task Find_EndedJustNow_GivesBackEverything()
    {
        var request = States.Request("body");
        await InsertAsync(States.New("a") with { Revision = 1 }, request);
        var ended = States.Accepted("a", "native-1") with { Phase = GenerationPhase.Succeeded, IsOpen = false, Revision = 2, Result = new GenerationResult([], "text", 7) };

        await SaveAsync(ended);

        // Before SQLite has it, and after.
        Assert.Equal(Json(ended), Json(Store.Find("a")!));
        Assert.Equal(request.Fingerprint, Store.FingerprintOf("a"));
        Assert.True(Store.IsClaimed("flux", "native-1"));
        await Store.FindNumberAsync("a", "local");
        Assert.Equal(Json(ended), Json(Store.Find("a")!));
        Assert.Equal(request.Fingerprint, Store.FingerprintOf("a"));
        Assert.True(Store.IsClaimed("flux", "native-1"));
    }

    [Fact]
    public async Task InsertAsync_IdIsTaken_StoresNothing()
    {
        await InsertAsync(States.New("a"), States.Request("{}", "key-1", idIsGiven: true));

        Assert.Equal(
            InsertOutcome.IdTaken, await InsertAsync(States.New("a", provider: "sora"), States.Request("{\"x\":1}", "key-2", idIsGiven: true)));

        Assert.Equal("flux", Store.Find("a")!.Provider);
        Assert.Null(Store.FindKey("local", "key-2"));
        Assert.Equal(States.Request().Fingerprint, Store.FingerprintOf("a"));
    }

    [Fact]
    public async Task InsertAsync_KeyIsTaken_StoresNothing()
    {
        await InsertAsync(States.New("a"), States.Request("{}", "key"));

        Assert.Equal(InsertOutcome.KeyTaken, await InsertAsync(States.New("b"), States.Request("{}", "key")));
        Assert.Null(Store.Find("b"));
        Assert.Equal("a", Store.FindKey("local", "key")!.Value.Id);

        // Keys are each client's own.
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(States.New("c", client: "other"), States.Request("{}", "key")));
    }

    [Fact]
    public async Task InsertAsync_SameKeyManyTimesAtOnce_StoresOne()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => InsertAsync(States.New($"g{i}"), States.Request("{}", "key"))));

        Assert.Single(outcomes, InsertOutcome.Stored);
        Assert.Single(await Store.ListAsync(Filter()));
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
        await ReopenAsync();

        var open = Store.Open().ToList();

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
        await ReopenAsync();

        Assert.Equal("body"u8.ToArray(), Assert.Single(Store.Open()).Body);

        await SaveAsync(States.Ended("a", GenerationPhase.Unknown));
        await ReopenAsync();
        Assert.Empty(Store.Open());
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

        Assert.Equal(["g4", "g3", "g2", "g1", "g0"], await IdsAsync(Filter()));
        Assert.Equal(["g4", "g3"], await IdsAsync(Filter() with { Limit = 2 }));
        Assert.Equal(["g2", "g1", "g0"], await IdsAsync(Filter() with { Before = (await Store.ListAsync(Filter())).Single(s => s.Id == "g3").Number }));
        Assert.Equal(["g1"], await IdsAsync(Filter() with { Status = "success" }));
        Assert.Equal(["g2"], await IdsAsync(Filter() with { Status = "failed" }));
        Assert.Equal(["g4"], await IdsAsync(Filter() with { Provider = "sora" }));
        Assert.Equal(["other"], await IdsAsync(Filter() with { Client = "other" }));
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

        Assert.Equal(300, (await Store.ListAsync(Filter() with { Status = "success" })).Count);
        Assert.Empty(Store.Open());
    }

    [Fact]
    public async Task IsClaimed_NativeJobOfAGeneration_IsTrueForItsProviderOnly()
    {
        await InsertAsync(States.New("a"));
        await SaveAsync(States.Accepted("a", "native-1"));

        Assert.True(Store.IsClaimed("flux", "native-1"));
        Assert.False(Store.IsClaimed("flux", "native-2"));
        Assert.False(Store.IsClaimed("sora", "native-1"));
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

        Assert.Empty(await Store.ForgetAsync(States.Now, States.Now, default));
        Assert.NotNull(Store.Find("old"));

        Assert.Equal(["med_old"], await Store.ForgetAsync(States.Now.AddDays(2), States.Now.AddDays(2), default));
        Assert.Null(Store.Find("old"));
        Assert.Null(Store.FindKey("local", "key"));
        Assert.Null(Store.FindMedia("med_old"));
        Assert.NotNull(Store.FindMedia("med_new"));
        Assert.NotNull(Store.FindMedia("med_ever"));
        Assert.NotNull(Store.Find("running")); // still open, however old
    }

    [Fact]
    public async Task WriteAsync_OneChangeOfABatchFails_TheOthersAreStored()
    {
        var bad = _opened.Writer.WriteAsync<int>(_ => throw new InvalidOperationException("mine"), default).AsTask();
        var good = InsertAsync(States.New("a"));

        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        Assert.Equal(InsertOutcome.Stored, await good);
        Assert.NotNull(Store.Find("a"));
    }

    private static GenerationFilter Filter() => new("local", null, null, null, 1000);

    private static string Json(GenerationState state) => JsonSerializer.Serialize(state, GenerationJson.Default.GenerationState);

    private async Task<IEnumerable<string>> IdsAsync(GenerationFilter filter) => (await Store.ListAsync(filter)).Select(s => s.Id);

    private async Task ReopenAsync()
    {
        await _opened.DisposeAsync();
        _opened = new TestStore(_folder.Path);
    }

    private Task<InsertOutcome> InsertAsync(GenerationState state, StoredRequest? request = null) =>
        Store.InsertAsync(state, request ?? States.Request(), default).AsTask();

    private Task SaveAsync(GenerationState state, params StoredMedia[] media) => Store.SaveAsync(state, media, false, default).AsTask();
}
