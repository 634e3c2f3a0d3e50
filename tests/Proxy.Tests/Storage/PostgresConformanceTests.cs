using System.Text;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

[Collection(PostgresTests.Name)]
public sealed class PostgresConformanceTests(PostgresServer server) : StoreConformance
{
    private readonly string _schema = server.NewSchema();

    private protected override async ValueTask<IStoreUnderTest> OpenAsync() => await PostgresTestStore.OpenAsync(server, _schema);

    [Fact]
    public async Task WishesAsync_AProvidersCall_IsNamedUntilItIsTaken()
    {
        await using var store = await HoldingAsync();
        await store.Fleet.NotifyAsync("gen_a", Job("queued"), default);
        var early = await NextAsync(store);
        Assert.Equal("queued", early.Findings!.Job!.State["status"]);

        // Whoever was killed before it was safe hears it again.
        Assert.Equal("queued", (await NextAsync(store)).Findings!.Job!.State["status"]);

        // A later call is not taken with the one before.
        await store.Fleet.NotifyAsync("gen_a", Job("done"), default);
        await store.Fleet.TakenAsync(early, default);
        var called = await NextAsync(store);
        Assert.Equal("done", called.Findings!.Job!.State["status"]);

        await store.Fleet.TakenAsync(called, default);
        Assert.Equal(0L, await LeftAsync());
        await store.Fleet.NotifyAsync("gen_a", Job("queued"), default);
        Assert.Equal("queued", (await NextAsync(store)).Findings!.Job!.State["status"]);
    }

    [Fact]
    public async Task WishesAsync_ARefusal_IsNamedUntilItIsTaken_AndAJobThatAnEarlierBuildHasLeftIsToo()
    {
        await using var store = await HoldingAsync();
        var refused = new SubmitFindings(States.Now, 2) { Refusal = new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "busy") with { RetryAfter = TimeSpan.FromSeconds(3) }, 429, 12) };

        await store.Fleet.NotifyAsync("gen_a", refused, default);
        var wish = await NextAsync(store);
        Assert.Equal(refused, wish.Findings);
        await store.Fleet.TakenAsync(wish, default);
        await CalledByAnEarlierBuildAsync("job-1");

        var called = await NextAsync(store);
        Assert.Equal((null, "job-1"), (called.Findings!.SubmittedAt, called.Findings.Job!.NativeId));
        await store.Fleet.TakenAsync(called, default);
        Assert.Equal(0L, await LeftAsync());
    }

    /// <remarks>While replicas are exchanged one by one, an earlier build writes and clears the job alone.</remarks>
    [Fact]
    public async Task TakenAsync_AnEarlierBuildHasChangedTheJobAlone_ClearsBoth()
    {
        await using var store = await HoldingAsync();
        await store.Fleet.NotifyAsync("gen_a", Job("queued"), default);
        await server.TellAsync(_schema, "UPDATE generations SET called = NULL RETURNING 1");
        var left = await NextAsync(store);
        Assert.Equal("queued", left.Findings!.Job!.State["status"]);
        await store.Fleet.TakenAsync(left, default);
        Assert.Equal(0L, await LeftAsync());

        await store.Fleet.NotifyAsync("gen_a", Job("queued"), default);
        await CalledByAnEarlierBuildAsync("job-2");
        var called = await NextAsync(store);
        Assert.Equal("job-2", called.Findings!.Job!.NativeId);
        await store.Fleet.TakenAsync(called, default);
        Assert.Equal(0L, await LeftAsync());
    }

    /// <remarks>A code that a later build has brought: each replica that takes the generation would stop at it.</remarks>
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, "job-1")]
    public async Task WishesAsync_NewsOfALaterBuild_AreLeftToOne(bool withJob, string? job)
    {
        await using var store = await HoldingAsync();
        var refused = new SubmitFindings(States.Now, 1) { Refusal = new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "busy"), 429, 12) };
        await store.Fleet.NotifyAsync("gen_a", refused, default);
        await server.TellAsync(_schema, "UPDATE generations SET cancelled = true, news = convert_to(replace(convert_from(news, 'UTF8'), 'RATE_LIMIT_EXCEEDED', 'MOON_PHASE'), 'UTF8') RETURNING 1");
        if (withJob)
        {
            await CalledByAnEarlierBuildAsync("job-1");
        }

        var wish = await NextAsync(store);

        Assert.Equal((true, job), (wish.Cancel, wish.Findings?.Job?.NativeId));
        Assert.Contains("MOON_PHASE", Encoding.UTF8.GetString(wish.StoredFindings!), StringComparison.Ordinal);
    }

    private static SubmitFindings Job(string status) => new(States.Now, 1)
    {
        Job = new("job-1", "m") { PollUrl = "https://provider.example/job-1?a=<b>", State = new Dictionary<string, string> { ["status"] = status, ["z"] = "\u00e9", ["a"] = "1" } },
    };

    /// <remarks>A step that takes the table from everybody is short; one that reads all of it comes after it, when others can read again.</remarks>
    [Fact]
    public async Task Migrations_AColumnAndItsIndex_AreTransactionsOfTheirOwn()
    {
        await using var store = await PostgresTestStore.OpenAsync(server, _schema);

        Assert.Equal(
            await server.TellAsync(_schema, "SELECT count(*) FROM migrations"),
            await server.TellAsync(_schema, "SELECT count(DISTINCT xmin::text) FROM migrations"));
        Assert.Equal(
            "generations_news",
            await server.TellAsync(_schema, """
                SELECT c.relname FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() AND c.relname = 'generations_news'
                  AND c.xmin NOT IN (SELECT a.xmin FROM pg_attribute a WHERE a.attrelid = i.indrelid AND a.attname = 'news')
                """));
    }

    [Fact]
    public async Task ReportAsync_AnotherReplicaReads_SeesThePlaceWhileItIsFreshAndTheGenerationIsOpen()
    {
        await using var driver = await HoldingAsync();
        await using var other = await PostgresTestStore.OpenAsync(server, _schema, "other");
        await driver.Generations.InsertAsync(new GenerationChange(States.New("gen_b"), "me"), States.Request("b"), default);
        Assert.Null((await other.Generations.FindAsync("gen_a", default))!.ReportedPlace);

        await driver.Places.ReportAsync("me", [new("gen_b", 1, 1500), new("gen_a", 2, null), new("gen_gone", 3, null)], default);

        var (a, b) = (new WaitingPlace("gen_a", 2, null), new WaitingPlace("gen_b", 1, 1500));
        Assert.Equal((a, 0), await PlaceAsync(other, "gen_a"));
        Assert.Equal((b, 0), await PlaceAsync(other, "gen_b"));
        Assert.Equal([b, a], (await other.Generations.ListAsync(new GenerationFilter("local", null, null, null, 10), default))!.Select(s => s.ReportedPlace));
        Assert.Equal([b, a], (await other.Reports.SearchAsync(new GenerationSearch { Limit = 10 }, default))!.Items.Select(s => s.ReportedPlace));

        // The next report replaces it, also one of whoever has taken a generation over.
        await other.Places.ReportAsync("other", [new("gen_b", 7, null)], default);
        await driver.Places.ReportAsync("me", [new("gen_a", 1, 2)], default);
        Assert.Equal((new WaitingPlace("gen_a", 1, 2), 0), await PlaceAsync(other, "gen_a"));
        Assert.Equal((new WaitingPlace("gen_b", 7, null), 0), await PlaceAsync(driver, "gen_b"));
        Assert.Equal(2L, await server.TellAsync(_schema, "SELECT count(*) FROM queue_places"));

        // One whose driver reports nothing any more has none, and is forgotten with the next report of anybody.
        await server.TellAsync(_schema, "UPDATE queue_places SET at = at - interval '20 s' WHERE generation = 'gen_b' RETURNING 1");
        Assert.Equal((null, 0), await PlaceAsync(driver, "gen_b"));
        await server.TellAsync(_schema, "UPDATE queue_places SET at = at - interval '1 min' WHERE generation = 'gen_b' RETURNING 1");
        await driver.Generations.SaveAsync(new GenerationChange(States.Ended("gen_a", GenerationPhase.Failed) with { Revision = 1 }, "me"), default);
        Assert.Equal((null, 1), await PlaceAsync(other, "gen_a"));
        await driver.Places.ReportAsync("me", [], default);
        Assert.Equal(0L, await server.TellAsync(_schema, "SELECT count(*) FROM queue_places"));
    }

    /// <remarks>What holds the table up holds up a report, and no lease.</remarks>
    [Fact]
    public async Task ReportAsync_TheTableIsTakenByAnother_EndsWithItsTimeAndHoldsUpNothing()
    {
        await using var driver = await HoldingAsync();
        await using var taken = await server.HoldAsync(_schema, "LOCK TABLE queue_places IN EXCLUSIVE MODE");
        using var patience = new CancellationTokenSource();
        var report = driver.Places.ReportAsync("me", [new("gen_a", 1, null)], patience.Token).AsTask();
        await Eventually.GetAsync(() => server.TellAsync(_schema, "SELECT count(*) FROM pg_locks WHERE NOT granted"), waiting => waiting is 1L);

        await driver.Generations.RenewAsync("me", TimeSpan.FromSeconds(10), default);
        Assert.Equal(SaveOutcome.Saved, await driver.Generations.SaveAsync(new GenerationChange(States.Accepted("gen_a", "n") with { Revision = 1 }, "me"), default));
        Assert.Equal((null, 1), await PlaceAsync(driver, "gen_a"));

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => report);
    }

    private static async Task<(WaitingPlace? Place, int Revision)> PlaceAsync(PostgresTestStore store, string id) =>
        await store.Generations.FindAsync(id, default) is { } found ? (found.ReportedPlace, found.Revision) : default;

    private async Task<PostgresTestStore> HoldingAsync()
    {
        var store = await PostgresTestStore.OpenAsync(server, _schema);
        await store.Generations.InsertAsync(new GenerationChange(States.New("gen_a"), "me"), States.Request(), default);
        return store;
    }

    private static async Task<FleetWish> NextAsync(PostgresTestStore store)
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var wish in store.Fleet.WishesAsync("me", over.Token))
        {
            return wish;
        }

        throw new InvalidOperationException("Nothing is wished.");
    }

    private Task<object?> LeftAsync() => server.TellAsync(_schema, "SELECT count(*) FROM generations WHERE called IS NOT NULL OR news IS NOT NULL");

    private Task<object?> CalledByAnEarlierBuildAsync(string job) =>
        server.TellAsync(_schema, $$$"""UPDATE generations SET called = convert_to('{"native_id":"{{{job}}}","model":"m","state":{}}', 'UTF8') RETURNING 1""");

    [Fact]
    public async Task ClaimAsync_ItsAnswerIsLostOnTheWay_FailsAndNamesWhatIsHeldAllTheSame()
    {
        await using var before = await PostgresTestStore.OpenAsync(server, _schema, "gone");
        await before.Generations.InsertAsync(new GenerationChange(States.New("gen_a"), "gone"), States.Request(), default);
        await using var line = new HeldLine(server.Process.Port);
        await using var store = await PostgresTestStore.OpenAsync(server, _schema, "me", line.Port);
        await store.Generations.RenewAsync("me", TimeSpan.FromMinutes(1), default);
        line.HoldAnswers();

        var claim = store.Generations.ClaimAsync("me", TimeSpan.FromMinutes(1), 10, default);
        await Eventually.GetAsync(() => server.TellAsync(_schema, "SELECT owner FROM generations WHERE id = 'gen_a'"), owner => owner is "me");
        await line.CutAsync();
        line.Mend();

        // A second run would find nothing to claim, and nobody would drive it.
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await claim);
        Assert.Equal("gen_a", Assert.Single(await store.Fleet.ListHeldAsync("me", default)));
        Assert.Equal("gen_a", Assert.Single(await store.Fleet.ReadHeldAsync("me", ["gen_a", "gen_b"], default)).State.Id);
        Assert.Empty(await store.Fleet.ReadHeldAsync("another", ["gen_a"], default));
    }

    [Fact]
    public async Task WatchAsync_TheDatabaseIsAwayFromTheStart_ShowsTheStateOnceItIsBack()
    {
        await using var line = new HeldLine(server.Process.Port);
        var time = new WatchedTime();
        await using var store = await PostgresTestStore.OpenAsync(server, _schema, "me", line.Port, time);
        await store.Generations.InsertAsync(new GenerationChange(States.New("gen_a"), "me"), States.Request(), default);
        await line.CutAsync();
        await using var watch = store.Generations.WatchAsync("gen_a", default).GetAsyncEnumerator();

        var shown = watch.MoveNextAsync();

        // It pauses only after a look, and that has failed.
        await time.Paused.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.False(shown.IsCompleted);
        line.Mend();

        Assert.True(await shown);
        Assert.Equal("gen_a", watch.Current.Id);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(20, false)]
    public async Task InsertAsync_AfterAnIdenticalJobHasEnded_BeginsNoOtherWhereItsRequestCameBefore(int secondsOnTheWay, bool isBegun)
    {
        // The replica was busy: it looked into the cache before the job had ended, and stores its own long after.
        await using var store = await PostgresTestStore.OpenAsync(server, _schema);
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(InsertOutcome.Stored, await InsertAsync("gen_first", now));
        var ended = States.Ended("gen_first", GenerationPhase.Succeeded) with { Revision = 1, CachePlan = new CachePlan("same", "flux", "flux-pro-1.1", TimeSpan.FromHours(1)) };
        await store.Generations.SaveAsync(new GenerationChange(ended, "me") { SharedJob = "same" }, default);
        await server.TellAsync(_schema, "UPDATE flights SET ended = clock_timestamp() - interval '15 s'");

        Assert.Equal(isBegun ? InsertOutcome.Stored : InsertOutcome.SharedJobTaken, await InsertAsync("gen_second", now.AddSeconds(-secondsOnTheWay)));

        Assert.Equal(isBegun ? "gen_second" : "gen_first", (await store.Fleet.FindSharedJobAsync("same", default))!.Id);

        async Task<InsertOutcome> InsertAsync(string id, DateTimeOffset created) =>
            await store.Generations.InsertAsync(new GenerationChange(States.New(id) with { CreatedAt = created }, "me") { SharedJob = "same" }, States.Request(), default);
    }

    [Fact]
    public async Task SaveAsync_AResultThatIsNobodyElses_IsFollowedByNobody()
    {
        await using var store = await PostgresTestStore.OpenAsync(server, _schema);
        await store.Generations.InsertAsync(new GenerationChange(States.New("gen_first"), "me") { SharedJob = "same" }, States.Request(), default);
        Assert.NotNull(await store.Fleet.FindSharedJobAsync("same", default));

        // Fewer results than were asked for: its plan was given up before it ended.
        var ended = States.Ended("gen_first", GenerationPhase.Succeeded) with { Revision = 1 };
        await store.Generations.SaveAsync(new GenerationChange(ended, "me") { SharedJob = "same" }, default);

        Assert.Null(await store.Fleet.FindSharedJobAsync("same", default));
    }

    [Fact]
    public async Task NextChangeAsync_AChangeThatNobodyWasToldOf_IsFoundAllTheSame()
    {
        await using var store = await PostgresTestStore.OpenAsync(server, _schema);
        await using var other = await PostgresTestStore.OpenAsync(server, _schema, "other");
        var client = new ClientRecord { Name = "shop", Settings = new ClientSettings(), Created = States.Now, Revision = 1 };
        Assert.True(await other.Clients.TryPutAsync(client, default));
        var known = await store.Clients.ListAsync(default);

        // Between the look and the wait: its notification came before anybody waited for one.
        Assert.True(await other.Clients.TryPutAsync(client with { Revision = 2, Revoked = States.Now }, default));
        await store.Clients.NextChangeAsync(known, default).WaitAsync(TimeSpan.FromSeconds(30));

        // No notification at all, as behind a pooler.
        known = await store.Clients.ListAsync(default);
        var next = store.Clients.NextChangeAsync(known, default);
        await server.TellAsync(_schema, "UPDATE clients SET revision = revision + 1");
        await next.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>A clock that knows when the first pause has begun.</summary>
    private sealed class WatchedTime : TimeProvider
    {
        private readonly TaskCompletionSource _paused = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Paused => _paused.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _paused.TrySetResult();
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
