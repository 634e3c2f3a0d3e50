using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A store that is opened again on what a killed process has left.</summary>
public sealed class RecoveryTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TempFolder _copy = new();
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
    }

    [Fact]
    public async Task Open_KilledRightAfterTheInsert_HasTheGenerationAndItsBody()
    {
        await _before.Generations.InsertAsync(States.New("a") with { Phase = GenerationPhase.Submitting, Revision = 1 }, States.Request("body"), default);

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);

        var (state, body) = Assert.Single(after.Generations.Open());
        Assert.Equal(GenerationPhase.Submitting, state.Phase);
        Assert.Equal("body"u8.ToArray(), body);
        Assert.Equal(States.Request("body").Fingerprint, after.Generations.FingerprintOf("a"));
    }

    [Fact]
    public async Task Open_KilledAfterSeveralChanges_HasTheLastOfEach()
    {
        for (var i = 0; i < 50; i++)
        {
            await _before.Generations.InsertAsync(States.New($"g{i}") with { Revision = 1 }, States.Request(), default);
            await _before.Generations.SaveAsync(States.Accepted($"g{i}", $"native-{i}") with { Revision = 2 }, [], false, default);
            if (i % 2 == 0)
            {
                await _before.Generations.SaveAsync(States.Ended($"g{i}", GenerationPhase.Succeeded) with { Revision = 3 }, [], false, default);
            }
        }

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);

        Assert.Equal(25, after.Generations.Open().Count());
        Assert.Equal(25, (await after.Generations.ListAsync(new("local", "success", null, null, 100))).Count);
        Assert.Equal("native-1", after.Generations.Find("g1")!.Job!.NativeId);
    }

    [Fact]
    public async Task Open_ARecordIsOlderThanItsRow_KeepsTheRow()
    {
        await _before.Generations.InsertAsync(States.New("a") with { Revision = 1 }, States.Request(), default);
        await _before.Generations.SaveAsync(States.Accepted("a", "native") with { Revision = 2 }, [], false, default);

        // Media go to the database at once, past the journal, which still holds the states before.
        var media = new StoredMedia("med_1", "image/png", 1, "00", States.Now, null);
        await _before.Generations.SaveAsync(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 3, CallbackUrl = "https://a.example/" }, [media], true, default);

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);

        Assert.Equal(GenerationPhase.Succeeded, after.Generations.Find("a")!.Phase);
        Assert.Empty(after.Generations.Open());
        Assert.NotNull(after.Generations.FindMedia("med_1"));
    }

    [Fact]
    public async Task Open_KilledTwice_HasEverything()
    {
        await _before.Generations.InsertAsync(States.New("a") with { Revision = 1 }, States.Request(), default);
        using var third = new TempFolder();
        await using (var second = TestStore.AfterKill(_folder.Path, _copy.Path))
        {
            await second.Generations.InsertAsync(States.New("b") with { Revision = 1 }, States.Request(), default);
            await second.Generations.SaveAsync(States.Accepted("a", "native") with { Revision = 2 }, [], false, default);

            await using var after = TestStore.AfterKill(_copy.Path, third.Path);

            Assert.Equal(["a", "b"], after.Generations.Open().Select(o => o.State.Id));
            Assert.Equal("native", after.Generations.Find("a")!.Job!.NativeId);
        }
    }

    [Fact]
    public async Task InsertAsync_BodyTooLargeForTheJournal_IsStoredAllTheSame()
    {
        var body = new string('x', 3 * 1024 * 1024);
        await _before.Generations.InsertAsync(States.New("a") with { Revision = 1 }, States.Request(body), default);

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);

        Assert.Equal(body.Length, Assert.Single(after.Generations.Open()).Body!.Length);
    }

    [Fact]
    public async Task SaveAsync_MoreThanTheJournalHolds_LosesNothing()
    {
        var warning = new string('w', 200 * 1024);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            await _before.Generations.InsertAsync(States.New($"g{i}") with { Revision = 1 }, States.Request(), default);
            await _before.Generations.SaveAsync(States.Accepted($"g{i}", "n") with { Revision = 2, Warnings = [warning] }, [], false, default);
        }));

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);

        Assert.Equal(200, after.Generations.Open().Count(o => o.State.Warnings[0].Length == warning.Length));
    }

    [Fact]
    public async Task Open_AfterAnOrderlyStop_NothingIsInTheJournalAlone()
    {
        await _before.Generations.InsertAsync(States.New("a") with { Revision = 1 }, States.Request(), default);
        await _before.StopRowsAsync();
        await _before.Generations.SaveAsync(States.Accepted("a", "native") with { Revision = 2 }, [], false, default);

        // Without the journal: a stop forgets it, so that it brings nothing back that is forgotten later.
        foreach (var file in Directory.GetFiles(_folder.Path, "framegate.db*"))
        {
            File.Copy(file, Path.Combine(_copy.Path, Path.GetFileName(file)));
        }

        await using var after = new TestStore(_copy.Path);
        Assert.Equal("native", after.Generations.Find("a")!.Job!.NativeId);
        Assert.Empty(_before.Journalled);
    }

    [Fact]
    public async Task SaveAsync_AnotherProgramHeldTheDatabase_WorksOnceItIsFree()
    {
        await _before.Generations.InsertAsync(States.New("a") with { Revision = 1 }, States.Request(), default);
        var media = new StoredMedia("med_1", "image/png", 1, "00", States.Now, null);
        var ended = States.Ended("a", GenerationPhase.Succeeded) with { Revision = 2 };
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "framegate.db")}"))
        {
            await other.OpenAsync();
            await using var held = await other.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
            await Assert.ThrowsAsync<SqliteException>(() => _before.Generations.SaveAsync(ended, [media], false, default).AsTask());
        }

        await _before.Generations.SaveAsync(ended, [media], false, default);

        Assert.NotNull(_before.Generations.FindMedia("med_1"));
    }

    [Fact]
    public async Task SaveAsync_ARowOfThePassFails_NobodyIsToldTwice()
    {
        string[] all = ["a1", "b", "a2"];
        foreach (var id in all)
        {
            await _before.Generations.InsertAsync(States.New(id) with { Revision = 1 }, States.Request(), default);
        }

        await _before.Generations.ListAsync(new("local", null, null, null, 1));

        // The trigger stands for whatever makes SQLite refuse one row of several.
        Run("CREATE TRIGGER refuse BEFORE UPDATE ON generations WHEN NEW.id = 'b' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        foreach (var id in all)
        {
            await _before.Generations.SaveAsync(States.Accepted(id, "native") with { Revision = 2 }, [], false, default);
        }

        foreach (var id in new[] { "a1", "a2" })
        {
            var told = States.Ended(id, GenerationPhase.Failed) with { Revision = 3, CallbackUrl = "https://a.example/" };
            await Assert.ThrowsAsync<SqliteException>(() => _before.Generations.SaveAsync(told, [], true, default).AsTask());
        }

        // Neither has ended as far as anybody knows, so nobody is told before they end again.
        Run("DROP TRIGGER refuse");
        await _before.Generations.ListAsync(new("local", null, null, null, 1));
        Assert.Equal((0, 0), Callbacks());
        foreach (var id in new[] { "a1", "a2" })
        {
            await _before.Generations.SaveAsync(States.Ended(id, GenerationPhase.Failed) with { Revision = 3, CallbackUrl = "https://a.example/" }, [], true, default);
        }

        Assert.Equal((2, 2), Callbacks());
    }

    [Fact]
    public async Task SaveAsync_AnEndThatCouldNotBeWritten_TheRequestIsStillThere()
    {
        await _before.Generations.InsertAsync(States.New("a") with { Revision = 1 }, States.Request("body"), default);
        await using (var other = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "framegate.db")}"))
        {
            await other.OpenAsync();
            await using var held = await other.BeginTransactionAsync(System.Data.IsolationLevel.Serializable);
            var failed = States.Ended("a", GenerationPhase.Failed) with { Revision = 2, CallbackUrl = "https://a.example/" };
            await Assert.ThrowsAsync<SqliteException>(() => _before.Generations.SaveAsync(failed, [], true, default).AsTask());
        }

        // It goes on instead: another destination has come up.
        await _before.Generations.SaveAsync(States.New("a") with { Phase = GenerationPhase.Submitting, Revision = 2 }, [], false, default);
        await _before.Generations.ListAsync(new("local", null, null, null, 1));

        await using var after = TestStore.AfterKill(_folder.Path, _copy.Path);
        var (state, body) = Assert.Single(after.Generations.Open());
        Assert.Equal((GenerationPhase.Submitting, "body"), (state.Phase, System.Text.Encoding.UTF8.GetString(body!)));
        Assert.Equal((0, 0), Callbacks());
    }

    private (int All, int Generations) Callbacks()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "framegate.db")}");
        connection.Open();
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*), count(DISTINCT generation) FROM callbacks";
        using var reader = count.ExecuteReader();
        Assert.True(reader.Read());
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.Path, "framegate.db")};Default Timeout=30");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
