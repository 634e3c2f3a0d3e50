using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A second owner takes a generation over while the first one still drives it: what the first one's next write does.</summary>
public sealed class TakeOverTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset s_late = States.Now.AddHours(1);
    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;
    private GenerationWriter _writer = null!;
    private IGenerationStore _store = null!;

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(config, "{}");
        _app = FramegateHost.Create(
            new HostArguments(false, null, "http://127.0.0.1:0", config, _folder.Path), new HostSettings(null, null), new DataFolder(_folder.Path));
        await _app.Services.GetServices<IHostedService>().OfType<SqliteStart>().Single().StartAsync(default);
        (_writer, _store) = (_app.Services.GetRequiredService<GenerationWriter>(), _app.Services.GetRequiredService<IGenerationStore>());
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_TheOtherOwnerHoldsIt_ThrowsAndLeavesItsStateAlone()
    {
        var generation = await OpenAsync("a");
        await TakeOverAsync("a", state => state with { Progress = 0.7 });

        await Assert.ThrowsAsync<LeaseLostException>(() => _writer.WriteAsync(generation, s => s with { Progress = 0.1 }).AsTask());

        // Not even a result is written over the owner's state, nor is it tried for ever.
        await Assert.ThrowsAsync<LeaseLostException>(() => _writer.SucceedAsync(generation, s => s with { Result = new GenerationResult([], "ours") }).AsTask());
        Assert.Equal((true, 0.7), ((await FindAsync("a")).IsOpen, (await FindAsync("a")).Progress));
    }

    [Fact]
    public async Task WriteAsync_TheOtherOwnerHasEndedIt_TakesItsEndAndDropsTheChange()
    {
        var generation = await OpenAsync("a");
        await TakeOverAsync("a", state => state with { Phase = GenerationPhase.Succeeded, IsOpen = false, FinishedAt = s_late, Result = new GenerationResult([], "theirs") });

        var state = await _writer.FailAsync(generation, new GenerationError { Code = Plugins.Contract.ErrorCode.Timeout, Message = "late", Timestamp = s_late }, atProvider: false);

        Assert.Equal((GenerationStatus.Success, "theirs"), (state.Status, state.Result?.Text));
        Assert.Equal((GenerationStatus.Success, "theirs"), (generation.State.Status, generation.State.Result?.Text));
        Assert.Equal("theirs", (await FindAsync("a")).Result?.Text);
    }

    [Fact]
    public async Task WriteAsync_TheOtherOwnerHasChangedItAndGone_PutsTheChangeOnTopOfTheirs()
    {
        var generation = await OpenAsync("a");
        await TakeOverAsync("a", state => state with { Warnings = ["theirs"] });
        var writer = _app.Services.GetRequiredService<SqliteWriter>();
        await writer.WriteAsync(connection => connection.Command("UPDATE generations SET owner = NULL").ExecuteNonQuery(), default);

        var state = await _writer.WriteAsync(generation, s => s with { Progress = 0.9 });

        Assert.Equal(("theirs", 0.9), (state.Warnings.Single(), state.Progress));
        var stored = await FindAsync("a");
        Assert.Equal(("theirs", 0.9), (stored.Warnings.Single(), stored.Progress));
    }

    [Fact]
    public async Task ClaimAsync_TheLeaseIsRenewed_NobodyTakesItOver()
    {
        var generation = await OpenAsync("a");
        await _store.RenewAsync(_app.Services.GetRequiredService<StoreOwner>().Id, TimeSpan.FromMinutes(1), default);

        Assert.Empty(await _store.ClaimAsync("other", TimeSpan.FromMinutes(1), 10, default));
        Assert.Equal(0.5, (await _writer.WriteAsync(generation, s => s with { Progress = 0.5 })).Progress);
    }

    private async Task<Generation> OpenAsync(string id)
    {
        var generation = new Generation(States.New(id) with { Phase = GenerationPhase.Running }, TimeProvider.System) { Unstored = States.Request() };
        await _writer.StoreAsync(generation);
        return generation;
    }

    /// <summary>The lease has run out; another process takes the generation and goes on with it.</summary>
    private async Task TakeOverAsync(string id, Func<GenerationState, GenerationState> change)
    {
        var taken = Assert.Single(await _store.ClaimAsync("other", TimeSpan.FromMinutes(1), 10, default));
        Assert.Equal(id, taken.State.Id);
        var next = change(taken.State) with { };
        next.Revision = taken.State.Revision + 5;
        Assert.Equal(SaveOutcome.Saved, await _store.SaveAsync(new GenerationChange(next, "other"), default));
    }

    private async Task<GenerationState> FindAsync(string id) => (await _store.FindAsync(id, default))!;
}
