using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A replica takes up what another one has left, and does not get to know what it has taken.</summary>
[Collection(PostgresTests.Name)]
public sealed class LostClaimTests(PostgresServer server) : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _schema = server.NewSchema();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TakeUp_TheAnswerOfTheDatabaseIsLost_IsDrivenAndJoinedByWhoeverAsksAgain()
    {
        await using var line = new HeldLine(server.Process.Port);
        await using var app = await CreateAsync(line.Port);
        var (store, owner) = (app.Services.GetRequiredService<IGenerationStore>(), app.Services.GetRequiredService<StoreOwner>().Id);
        var (open, unanswered) = (app.Services.GetRequiredService<OpenGenerations>(), app.Services.GetRequiredService<UnansweredOrders>());
        await store.InsertAsync(new GenerationChange(States.New("gen_a"), "gone"), States.Request(), default);

        Task starting;
        await using (var other = new NpgsqlConnection($"{server.Process.Address};Search Path={_schema};Pooling=false"))
        {
            // Holds up the claim until its answer is held up.
            await other.OpenAsync();
            await using var locking = await other.BeginTransactionAsync();
            await new NpgsqlCommand("LOCK TABLE generations IN ACCESS EXCLUSIVE MODE", other).ExecuteNonQueryAsync();
            starting = open.StartAsync(default);
            await Eventually.GetAsync(
                () => server.TellAsync(_schema, $"SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{_schema}.generations'::regclass"), waiting => waiting is > 0L);
            line.HoldAnswers();
            await locking.RollbackAsync();
        }

        await Eventually.GetAsync(() => server.TellAsync(_schema, "SELECT owner FROM generations WHERE id = 'gen_a'"), held => held is string name && name == owner);
        await line.CutAsync();
        await starting;

        // Who asks again here would not find its order yet.
        Assert.False(open.IsReady);
        line.Mend();

        await Eventually.GetAsync(() => Task.FromResult(open.Find("gen_a")), found => found is not null);
        await Eventually.GetAsync(() => Task.FromResult(open.IsReady), ready => ready);
        Assert.True(unanswered.Orders.HasRestored(ContentKey.Of("local", States.Request().Fingerprint)));
        await open.StopAsync(default);
    }

    /// <remarks>Another replica had it in between: what the driver of before knows is out of date.</remarks>
    [Fact]
    public async Task TakeUp_WhatWasHeldHereBefore_IsDrivenFromWhatIsStored()
    {
        await using var app = await CreateAsync(server.Process.Port);
        var open = app.Services.GetRequiredService<OpenGenerations>();
        await app.Services.GetRequiredService<IGenerationStore>().InsertAsync(new GenerationChange(States.New("gen_a"), "gone"), States.Request(), default);
        await open.StartAsync(default);
        var before = open.Find("gen_a")!;

        await server.TellAsync(_schema, "UPDATE generations SET owner = '' WHERE id = 'gen_a' RETURNING 1");

        await Eventually.GetAsync(() => Task.FromResult(open.Find("gen_a")), found => found is not null && !ReferenceEquals(found, before));
        Assert.True(before.IsLost);
        await open.StopAsync(default);
    }

    /// <remarks>It waits for what may take an hour: its provider's call, or its turn. Whoever asks here, or waits, would see what it knew before for as long.</remarks>
    [Fact]
    public async Task Lost_WhileItsDriverWaits_TheDriverEnds()
    {
        await using var app = await CreateAsync(server.Process.Port);
        var (open, now) = (app.Services.GetRequiredService<OpenGenerations>(), TimeProvider.System.GetUtcNow());
        var waiting = States.Accepted("gen_a", "native-1") with
        {
            Phase = GenerationPhase.Unknown, Job = null, WebhookToken = "token", CreatedAt = now, SubmittedAt = now, Deadline = now.AddMinutes(30),
        };
        await app.Services.GetRequiredService<IGenerationStore>().InsertAsync(
            new GenerationChange(waiting, "gone"), States.Request("""{"provider":"flux","model":"flux-dev","media_type":"image","prompt":"a boat"}"""), default);
        await open.StartAsync(default);
        ((Microsoft.Extensions.Hosting.Internal.ApplicationLifetime)app.Lifetime).NotifyStarted();
        var before = open.Find("gen_a")!;
        Assert.NotNull(before.Request);

        await server.TellAsync(_schema, "UPDATE generations SET owner = '' WHERE id = 'gen_a' RETURNING 1");

        await Eventually.GetAsync(() => Task.FromResult(before.Request), held => held is null);
        Assert.NotNull(open.Find("gen_a")!.Request);
        await open.StopAsync(default);
    }

    /// <remarks>A replica may lose ten thousand at once.</remarks>
    [Fact]
    public async Task Lost_TheStoreIsWatchedForThoseAloneThatSomebodyWaitsFor()
    {
        await using var app = await CreateAsync(server.Process.Port, static services => services.AddSingleton(s => WatchCount.Of(s.GetRequiredService<PostgresGenerationStore>())));
        var (open, store) = (app.Services.GetRequiredService<OpenGenerations>(), app.Services.GetRequiredService<IGenerationStore>());
        var watches = (WatchCount)store;
        foreach (var id in new[] { "gen_a", "gen_b" })
        {
            var now = TimeProvider.System.GetUtcNow();
            var waiting = States.Accepted(id, id) with { Phase = GenerationPhase.Unknown, Job = null, WebhookToken = "token", CreatedAt = now, SubmittedAt = now, Deadline = now.AddMinutes(30) };
            await store.InsertAsync(new GenerationChange(waiting, "gone"), States.Request(), default);
        }

        await open.StartAsync(default);
        ((Microsoft.Extensions.Hosting.Internal.ApplicationLifetime)app.Lifetime).NotifyStarted();
        var (a, b) = (open.Find("gen_a")!, open.Find("gen_b")!);
        var answer = app.Services.GetRequiredService<GenerationService>().WaitAsync(a, TimeSpan.FromMinutes(30), default);

        await server.TellAsync(_schema, "UPDATE generations SET owner = '' RETURNING 1");
        await Eventually.GetAsync(() => Task.FromResult((a.Remote, b.Remote)), both => both is (not null, not null));
        await Eventually.GetAsync(() => Task.FromResult(watches.Watched.Count), count => count > 0);
        Assert.Equal(["gen_a"], watches.Watched);

        // Who waits hears what becomes of it.
        await app.Services.GetRequiredService<GenerationWriter>().FailAsync(open.Find("gen_a")!, States.Ended("gen_a", GenerationPhase.Failed).Error!, atProvider: false);
        Assert.Equal(GenerationPhase.Failed, (await answer).Phase);
        Assert.Equal(["gen_a"], watches.Watched);
        await open.StopAsync(default);
    }

    /// <remarks>All that a dead replica has left may take longer than a lease: others would take it again meanwhile.</remarks>
    [Fact]
    public async Task TakeUp_MoreThanOneBatch_ProlongsTheLeaseInBetween()
    {
        await using var app = await CreateAsync(server.Process.Port, static services => services.AddSingleton(s => WatchCount.Of(s.GetRequiredService<PostgresGenerationStore>())));
        var (open, store) = (app.Services.GetRequiredService<OpenGenerations>(), app.Services.GetRequiredService<IGenerationStore>());
        await Task.WhenAll(Enumerable.Range(0, 501).Select(i => store.InsertAsync(new GenerationChange(States.New($"gen_{i}"), "gone"), States.Request(), default).AsTask()));
        var calls = ((WatchCount)store).Calls;
        calls.Clear();

        await open.StartAsync(default);

        Assert.Equal(
            [nameof(IGenerationStore.RenewAsync), nameof(IGenerationStore.ClaimAsync), nameof(IGenerationStore.RenewAsync), nameof(IGenerationStore.ClaimAsync)],
            calls.Where(static c => c is nameof(IGenerationStore.RenewAsync) or nameof(IGenerationStore.ClaimAsync)).Take(4));
        Assert.NotNull(open.Find("gen_500"));
        await open.StopAsync(default);
    }

    private async Task<WebApplication> CreateAsync(int port, Action<IServiceCollection>? replace = null)
    {
        var config = Path.Combine(_folder.Path, "routes.json");
        var address = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Search Path={_schema};Maximum Pool Size=8;Timeout=60;Command Timeout=60";
        var store = new JsonObject { ["Postgres"] = address, ["Lease"] = "00:00:03" };
        await File.WriteAllTextAsync(config, new JsonObject { ["Framegate"] = new JsonObject { ["Store"] = store } }.ToJsonString());
        var app = FramegateHost.Create(
            new HostArguments(false, null, "http://127.0.0.1:0", config, _folder.Path), new HostSettings(null, null), new DataFolder(_folder.Path), replace);
        await app.Services.GetServices<IHostedService>().OfType<PostgresStart>().Single().StartAsync(default);
        return app;
    }

    /// <summary>A store that remembers what it was asked for.</summary>
    public class WatchCount : DispatchProxy
    {
        private IGenerationStore _store = null!;

        internal ConcurrentQueue<object?> Watched { get; } = [];

        internal ConcurrentQueue<string> Calls { get; } = [];

        internal static IGenerationStore Of(IGenerationStore store)
        {
            var counting = Create<IGenerationStore, WatchCount>();
            ((WatchCount)counting)._store = store;
            return counting;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Calls.Enqueue(targetMethod!.Name);
            if (targetMethod.Name == nameof(IGenerationStore.WatchAsync))
            {
                Watched.Enqueue(args![0]);
            }

            return targetMethod.Invoke(_store, args);
        }
    }
}
