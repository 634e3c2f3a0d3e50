using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A SQLite store that is opened again on what a killed process has left, or whose disk fails.</summary>
public sealed class RecoveryTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _copy = new();
    private readonly TempFolder _other = new();
    private TestStore _before = null!;

    public Task InitializeAsync()
    {
        _before = new TestStore(_folder.Path);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _before.DisposeAsync();

    public void Dispose()
    {
        _folder.Dispose();
        _copy.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Open_KilledAfterSeveralChanges_HasTheLastOfEach()
    {
        for (var i = 0; i < 50; i++)
        {
            await InsertAsync(States.New($"g{i:00}"));
            await SaveAsync(States.Accepted($"g{i:00}", $"native-{i}") with { Revision = 1 });
            if (i % 2 == 0)
            {
                await SaveAsync(States.Ended($"g{i:00}", GenerationPhase.Succeeded) with { Revision = 2 });
            }
        }

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);

        // Whoever held them is gone: nobody has to wait for a lease to run out.
        Assert.Equal(25, (await after.Generations.ClaimAsync("other", TimeSpan.Zero, 100, default)).Count);
        Assert.Equal(25, (await after.Generations.ListAsync(new("local", "success", null, null, 100), default))!.Count);
        Assert.Equal("native-1", (await after.Generations.FindAsync("g01", default))!.Job!.NativeId);
    }

    [Fact]
    public async Task Open_KilledTwice_HasEverything()
    {
        await InsertAsync(States.New("a"));
        using var third = new TempFolder();
        await using (var second = TestStore.AfterKill(_folder.Path, _copy.Path))
        {
            await InsertAsync(States.New("b"), second);
            await SaveAsync(States.Accepted("a", "native") with { Revision = 1 }, second);

            await using var after = TestStore.AfterKill(_copy.Path, third.Path);

            Assert.Equal(["a", "b"], (await after.Generations.ClaimAsync("other", TimeSpan.Zero, 100, default)).Select(o => o.State.Id));
            Assert.Equal("native", (await after.Generations.FindAsync("a", default))!.Job!.NativeId);
        }
    }

    [Fact]
    public async Task SaveAsync_AnotherProgramHoldsTheDatabase_IsBusyAndWorksOnceItIsFree()
    {
        await InsertAsync(States.New("a"));
        var change = new GenerationChange(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 1 }, "me") { Media = [Media] };
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "framegate.db")};Pooling=False"))
        {
            await other.OpenAsync();
            await using var held = await other.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
            var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => _before.Generations.SaveAsync(change, default).AsTask());
            Assert.Equal(StoreProblem.Busy, failure.Problem);
        }

        Assert.Equal(SaveOutcome.Saved, await _before.Generations.SaveAsync(change, default));
        Assert.NotNull(await _before.Media.FindAsync(Media.Id, default));
    }

    [Fact]
    public async Task SaveAsync_APartOfTheChangeFails_NothingOfItIsStoredAndTheRestOfTheBatchIs()
    {
        await InsertAsync(States.New("a"));
        await InsertAsync(States.New("b"));

        // The trigger stands for whatever makes SQLite refuse one row of several.
        await RunAsync("CREATE TRIGGER refuse BEFORE INSERT ON media BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var failing = new GenerationChange(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 1 }, "me") { Media = [Media], Callback = Callback("a") };
        var (refused, saved) = await TogetherAsync(failing, new GenerationChange(States.Accepted("b", "native") with { Revision = 1 }, "me"));

        Assert.Contains("refused", (await Assert.ThrowsAsync<SqliteException>(() => refused)).Message, StringComparison.Ordinal);
        Assert.Equal(SaveOutcome.Saved, await saved);
        Assert.True((await FindAsync("a")).IsOpen);
        Assert.Null(await _before.Callbacks.NextDueAsync(new CallbackRoom(10, 10, new Dictionary<string, int>()), default));
        await RunAsync("DROP TRIGGER refuse");
        Assert.Equal(SaveOutcome.Saved, await _before.Generations.SaveAsync(failing, default));
    }

    [Fact]
    public async Task SaveAsync_AnErrorEndsTheTransaction_TheWholeBatchFailsWithIt()
    {
        await InsertAsync(States.New("a"));
        await InsertAsync(States.New("b"));
        await RunAsync("CREATE TRIGGER refuse BEFORE UPDATE ON generations WHEN NEW.id = 'b' BEGIN SELECT RAISE(ROLLBACK, 'the first error'); END");

        var (before, ending) = await TogetherAsync(
            new GenerationChange(States.Accepted("a", "native") with { Revision = 1 }, "me"), new GenerationChange(States.Accepted("b", "native-2") with { Revision = 1 }, "me"));

        foreach (var change in new[] { before, ending })
        {
            Assert.Contains("the first error", (await Assert.ThrowsAsync<SqliteException>(() => change)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(GenerationPhase.Queued, (await FindAsync("a")).Phase);
        await RunAsync("DROP TRIGGER refuse");
        await SaveAsync(States.Accepted("a", "native") with { Revision = 2 });
    }

    [Fact]
    public async Task InsertAsync_NoRoomIsLeft_IsFullAndWorksOnceThereIs()
    {
        await InsertAsync(States.New("a"));
        await RunAsync("PRAGMA max_page_count = 1");
        var large = States.Request(new string('x', 1024 * 1024));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(
            () => _before.Generations.InsertAsync(new GenerationChange(States.New("b"), "me"), large, default).AsTask());

        Assert.Equal(StoreProblem.Full, failure.Problem);
        Assert.Null(await _before.Generations.FindAsync("b", default));
        await RunAsync("PRAGMA max_page_count = 100000");
        Assert.Equal(InsertOutcome.Stored, await _before.Generations.InsertAsync(new GenerationChange(States.New("b"), "me"), large, default));
    }

    [Fact]
    public async Task InsertAsync_TheDiskIsAllButFull_TakesNothingNewAndEndsWhatRuns()
    {
        await using var full = new TestStore(_other.Path, () => 1024 * 1024);
        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => InsertAsync(States.New("b"), full));
        Assert.Equal((StoreProblem.Full, StoreProblem.Full, false), (failure.Problem, await full.Health.CheckAsync(default), full.NativeJobs.CanAdd));

        // What runs is written to its end.
        await full.NativeJobs.AddAsync("sora", "video_1", "only", null, States.Now, default);
    }

    [Fact]
    public async Task CheckAsync_TheLastCommitFailed_IsRedUntilOneWorks()
    {
        await InsertAsync(States.New("a"));
        Assert.Null(await _before.Health.CheckAsync(default));
        await RunAsync("PRAGMA max_page_count = 1");
        var large = States.Request(new string('x', 1024 * 1024));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _before.Generations.InsertAsync(new GenerationChange(States.New("b"), "me"), large, default).AsTask());
        Assert.False(_before.NativeJobs.CanAdd);

        await RunAsync("PRAGMA max_page_count = 100000");

        Assert.Null(await _before.Health.CheckAsync(default));
        Assert.True(_before.NativeJobs.CanAdd);
    }

    [Fact]
    public async Task CheckAsync_ARowIsDamagedWhileItRuns_IsRedAndItsReadersGetAState()
    {
        await InsertAsync(States.New("a"));
        await InsertAsync(States.New("b"));
        await RunAsync("UPDATE generations SET open = 0 WHERE id = 'a'");

        Assert.Equal(StoreProblem.Damaged, (await Assert.ThrowsAsync<StoreUnavailableException>(() => FindAsync("a"))).Problem);
        Assert.NotNull(await FindAsync("b"));
        Assert.Equal(StoreProblem.Damaged, await _before.Health.CheckAsync(default));
        await SumAsync();
    }

    [Fact]
    public async Task SaveAsync_TheDatabaseCanBeReadOnly_IsReadOnly()
    {
        await InsertAsync(States.New("a"));
        await RunAsync("PRAGMA query_only = ON");

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => SaveAsync(States.Accepted("a", "native") with { Revision = 1 }));

        Assert.Equal(StoreProblem.ReadOnly, failure.Problem);
        Assert.NotNull(await _before.Generations.FindAsync("a", default));
    }

    [Fact]
    public async Task DisposeAsync_AfterAnOrderlyStop_LeavesOneCompleteFile()
    {
        await InsertAsync(States.New("a"));
        await _before.DisposeAsync();

        Assert.Equal(["framegate.db", "framegate.db.commits"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);
        Assert.NotNull(await after.Generations.FindAsync("a", default));
    }

    [Fact]
    public async Task WriteAsync_Statements_NeedNoFileOutsideTheFolder() =>
        Assert.Equal(2L, await _before.Writer.WriteAsync(connection => (long)connection.Command("PRAGMA temp_store").ExecuteScalar()!, default));

    [Fact]
    public async Task SaveAsync_ALaterBuildHasAddedAField_ItStays()
    {
        await InsertAsync(States.New("a"));
        await RunAsync("""UPDATE generations SET state = CAST(json_set(CAST(state AS TEXT), '$.from_tomorrow', json('{"x":[1]}')) AS BLOB)""");
        await SumAsync();

        var state = await FindAsync("a");
        await SaveAsync(state with { Phase = GenerationPhase.Unknown, Revision = 1 });

        Assert.Equal("""{"x":[1]}""", await _before.Writer.WriteAsync(
            connection => (string)connection.Command("SELECT json_extract(CAST(state AS TEXT), '$.from_tomorrow') FROM generations").ExecuteScalar()!, default));
    }

    [Fact]
    public async Task SaveAsync_ALaterBuildHasWrittenWhatThisOneWouldMisread_ItIsLeftAlone()
    {
        await InsertAsync(States.New("a"));
        await RunAsync("UPDATE generations SET version = version + 1, owner = NULL");
        await SumAsync();

        Assert.Empty(await _before.Generations.ClaimAsync("me", TimeSpan.Zero, 10, default));
        Assert.Equal(SaveOutcome.LeaseLost, await _before.Generations.SaveAsync(new GenerationChange(States.Accepted("a", "native") with { Revision = 1 }, "me"), default));
        Assert.Equal(GenerationPhase.Queued, (await FindAsync("a")).Phase);
    }

    private static StoredMedia Media => new("med_1", "image/png", 1, "00", States.Now, null);

    private static Callback Callback(string id) => new("msg_1", id, "https://a.example/", 0, States.Now);

    private async Task<GenerationState> FindAsync(string id) => (await _before.Generations.FindAsync(id, default))!;

    /// <summary>The checksums that whoever wrote the rows would have given them.</summary>
    private Task SumAsync() => RunAsync($"UPDATE generations SET sum = {RowSums.OfGeneration}");

    private async Task RunAsync(string sql) => await _before.Writer.WriteAsync(connection => connection.Command(sql).ExecuteNonQuery(), default);

    /// <summary>Two changes in one batch: they come while the writer is busy.</summary>
    private async Task<(Task<SaveOutcome> First, Task<SaveOutcome> Second)> TogetherAsync(GenerationChange first, GenerationChange second)
    {
        using var busy = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var blocking = _before.Writer.WriteAsync(
            _ =>
            {
                busy.Set();
                go.Wait();
                return 0;
            },
            default).AsTask();
        busy.Wait();
        var (one, two) = (_before.Generations.SaveAsync(first, default).AsTask(), _before.Generations.SaveAsync(second, default).AsTask());
        go.Set();
        await blocking;
        return (one, two);
    }

    private async Task InsertAsync(GenerationState state, TestStore? store = null) =>
        Assert.Equal(InsertOutcome.Stored, await (store ?? _before).Generations.InsertAsync(new GenerationChange(state, "me"), States.Request(), default));

    private async Task SaveAsync(GenerationState state, TestStore? store = null) =>
        Assert.Equal(SaveOutcome.Saved, await (store ?? _before).Generations.SaveAsync(new GenerationChange(state, "me"), default));
}
