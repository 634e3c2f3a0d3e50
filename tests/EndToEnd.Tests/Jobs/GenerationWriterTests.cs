using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Store.Sqlite;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Framegate.EndToEnd.Tests.Jobs;

/// <summary>Changes of one generation that meet.</summary>
public sealed class GenerationWriterTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task WriteAsync_TheGenerationEndsWhileALeaverWaitsForItsTurn_KeepsTheResult()
    {
        using var data = DataFolderLock.Take(Path.Combine(_folder.Path, "data"));
        SlowStore store = null!;
        await using var app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", _folder.Write("routes.json", "{}"), data.Folder.Path),
            new HostSettings(null, null),
            data.Folder,
            services => services.AddSingleton<IGenerationStore>(s => store = new SlowStore(ActivatorUtilities.CreateInstance<SqliteGenerationStore>(s))));
        await app.Services.GetServices<IHostedService>().OfType<SqliteStart>().Single().StartAsync(default);
        var ledger = app.Services.GetRequiredService<GenerationWriter>();
        var now = DateTimeOffset.UnixEpoch;
        var generation = new Generation(new GenerationState
        {
            Id = "gen_1", Client = "local", SchemaVersion = "2.0", Provider = "flux", Adapter = "flux", Model = "m", CreatedAt = now, Deadline = now.AddHours(1),
            Phase = GenerationPhase.Running,
        }, TimeProvider.System)
        {
            Unstored = new StoredRequest([], new byte[32], null, IdIsGiven: false),
        };
        await ledger.StoreAsync(generation);

        var ending = ledger.EndAsync(generation, GenerationPhase.Succeeded, s => s with { Result = new GenerationResult([], "the result") });
        var leaving = ledger.WriteAsync(
            generation, s => s with { ClientCancelled = true, Error = Proxy.Engine.Generations.Failures.CancelledByClient(now), FinishedAt = now }, onlyIf: static s => s.IsOpen && s.FinishedAt is null);
        Assert.False(ending.IsCompleted);
        store.Go.SetResult();
        await ending;
        await leaving;

        Assert.Equal((GenerationStatus.Success, false, "the result"), (generation.State.Status, generation.State.ClientCancelled, generation.State.Result?.Text));
        var stored = (await store.FindAsync("gen_1", default))!;
        Assert.Equal((GenerationStatus.Success, "the result"), (stored.Status, stored.Result?.Text));
        Assert.Equal(1, store.Saves);
    }

    /// <summary>A store that saves when it is told to.</summary>
    private sealed class SlowStore(IGenerationStore inner) : StoreDecorator(inner)
    {
        public TaskCompletionSource Go { get; } = new();

        public int Saves { get; private set; }

        public override async ValueTask<SaveOutcome> SaveAsync(GenerationChange change, CancellationToken cancellationToken)
        {
            Saves++;
            await Go.Task.WaitAsync(cancellationToken);
            return await base.SaveAsync(change, cancellationToken);
        }
    }
}
