using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>A SQLite store that is opened again on what a killed process has left, or whose disk fails.</summary>
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
        Assert.Equal(25, (await after.Generations.ClaimAsync("other", States.Now, States.Now, 100, default)).Count);
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

            Assert.Equal(["a", "b"], (await after.Generations.ClaimAsync("other", States.Now, States.Now, 100, default)).Select(o => o.State.Id));
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

    private static StoredMedia Media => new("med_1", "image/png", 1, "00", States.Now, null);

    private async Task InsertAsync(GenerationState state, TestStore? store = null) =>
        Assert.Equal(InsertOutcome.Stored, await (store ?? _before).Generations.InsertAsync(new GenerationChange(state, "me"), States.Request(), default));

    private async Task SaveAsync(GenerationState state, TestStore? store = null) =>
        Assert.Equal(SaveOutcome.Saved, await (store ?? _before).Generations.SaveAsync(new GenerationChange(state, "me"), default));
}
