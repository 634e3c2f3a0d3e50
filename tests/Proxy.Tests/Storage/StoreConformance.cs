using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>What any implementation of the store must do.</summary>
public abstract class StoreConformance : IAsyncLifetime
{
    private const string Me = "me";
    private const string Other = "other";
    private static readonly byte[] s_asked = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private IStoreUnderTest _store = null!;

    /// <summary>A store that holds nothing, or what was left there when the last one was disposed of.</summary>
    private protected abstract ValueTask<IStoreUnderTest> OpenAsync();

    private IGenerationStore Store => _store.Generations;

    private protected IGenerationReports Reports => _store.Reports;

    public async Task InitializeAsync() => _store = await OpenAsync();

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task FindAsync_AfterInsertAndSave_GivesBackEverything()
    {
        var request = States.Request("body");
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(States.New("a") with { Attachment = [1, 2] }, request));
        var state = States.Accepted("a", "native-1") with { Revision = 1 };
        Assert.Equal(SaveOutcome.Saved, await SaveAsync(state));

        var found = (await FindAsync("a"))!;

        Assert.Equal(Json(state), Json(found));
        Assert.Equal([1, 2], found.Attachment);
        Assert.Equal(request.Fingerprint, await Store.FindFingerprintAsync("a", default));
        Assert.Null(await FindAsync("b"));
        Assert.Null(await Store.FindFingerprintAsync("b", default));
    }

    [Fact]
    public async Task ChargedAsync_OpenEndedAndForgotten_AddsUpToTheMillionth()
    {
        var today = DateOnly.FromDateTime(States.Now.UtcDateTime);
        await InsertAsync(States.New("open") with { Reserved = 0.1m });
        await InsertAsync(States.New("done") with { Reserved = 0.5m });
        await SaveAsync(States.Ended("done", GenerationPhase.Succeeded) with { Revision = 1, Cost = 0.000001m });
        await InsertAsync(States.New("failed") with { Reserved = 0.5m });
        await SaveAsync(States.Ended("failed", GenerationPhase.Failed) with { Revision = 1, Cost = null, Attempts = [] });
        await InsertAsync(States.New("joined") with { Follows = "open", Reserved = 0 });
        await InsertAsync(States.New("old", client: "other") with { CreatedAt = States.Now.AddDays(-40), Reserved = 2 });
        await SaveAsync(States.Ended("old", GenerationPhase.Succeeded) with { Client = "other", CreatedAt = States.Now.AddDays(-40), Revision = 1, Cost = 1.25m });

        ChargedRow[] expected = [new("local", 0.100001m, 0.100001m, 0.100001m), new("other", 0, 0, 1.25m)];
        Assert.Equal(expected, (await _store.Reports.ChargedAsync(today, default)).OrderBy(r => r.Client));
        var before = await _store.Reports.SpendAsync(today.AddDays(-60), today, default);
        Assert.Equal(1, await Store.ForgetAsync(States.Now.AddDays(-30), 10, default));

        Assert.Equal(expected, (await _store.Reports.ChargedAsync(today, default)).OrderBy(r => r.Client));
        Assert.Equal(before, await _store.Reports.SpendAsync(today.AddDays(-60), today, default));
        Assert.Equal(1.25m, before.Single(r => r.Client == "other").Cost);
    }

    [Fact]
    public async Task Clients_ChangedByTwo_OneOfThemHearsOfIt()
    {
        var first = new ClientRecord { Name = "shop", Settings = new ClientSettings { RequestsPerMinute = 5, Tags = new() { ["team"] = "a" } }, Created = States.Now, Revision = 1 };
        Assert.True(await _store.Clients.TryPutAsync(first, default));
        Assert.False(await _store.Clients.TryPutAsync(first with { Name = "SHOP" }, default));
        var second = first with { Revision = 2, Keys = [new ClientKeyRecord(KeyDigest.Of("key").ToText(), States.Now, States.Now.AddDays(1))] };
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _store.Clients.TryPutAsync(second, default).AsTask()));

        Assert.Single(outcomes, true);
        Assert.False(await _store.Clients.TryPutAsync(first with { Name = "new", Revision = 2 }, default));
        var found = Assert.Single(await _store.Clients.ListAsync(default));
        Assert.Equal(("shop", 2, 5, "a", States.Now.AddDays(1)), (found.Name, found.Revision, found.Settings.RequestsPerMinute, found.Settings.Tags!["team"], found.Keys[0].Expires));
        Assert.True(await _store.Clients.TryPutAsync(second with { Revision = 3, Revoked = States.Now }, default));
        Assert.Equal(States.Now, Assert.Single(await _store.Clients.ListAsync(default)).Revoked);
    }

    [Fact]
    public async Task InsertAsync_IdIsTaken_StoresNothing()
    {
        await InsertAsync(States.New("a"), States.Request("{}", "key-1", idIsGiven: true));

        Assert.Equal(InsertOutcome.IdTaken, await InsertAsync(States.New("a", provider: "sora"), States.Request("{\"x\":1}", "key-2", idIsGiven: true)));

        Assert.Equal("flux", (await FindAsync("a"))!.Provider);
        Assert.Null(await Store.FindKeyAsync("local", "key-2", default));
        Assert.Equal(States.Request().Fingerprint, await Store.FindFingerprintAsync("a", default));
    }

    [Fact]
    public async Task InsertAsync_KeyIsTaken_StoresNothing()
    {
        await InsertAsync(States.New("a"), States.Request("{}", "key"));

        Assert.Equal(InsertOutcome.KeyTaken, await InsertAsync(States.New("b"), States.Request("{}", "key")));
        Assert.Null(await FindAsync("b"));
        Assert.Equal("a", (await Store.FindKeyAsync("local", "key", default))!.Id);

        // Keys are each client's own.
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(States.New("c", client: "other"), States.Request("{}", "key")));
    }

    [Fact]
    public async Task InsertAsync_SameKeyManyTimesAtOnce_StoresOne()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => InsertAsync(States.New($"g{i}"), States.Request("{}", "key"))));

        Assert.Single(outcomes, InsertOutcome.Stored);
        Assert.Single(await ListAsync(Filter()));
    }

    [Fact]
    public async Task SaveAsync_ARevisionThatIsNotNewer_IsStaleAndStoresNothing()
    {
        await InsertAsync(States.New("a") with { Revision = 1 });
        Assert.Equal(SaveOutcome.Saved, await SaveAsync(States.Accepted("a", "native-1") with { Revision = 3 }));
        var callback = new Callback("msg_1", "a", "https://a.example/", 0, States.Now);

        foreach (var revision in new[] { 2, 3 })
        {
            var change = new GenerationChange(States.Ended("a", GenerationPhase.Succeeded) with { Revision = revision }, Me) { Media = [Media("med_1")], Callback = callback };
            Assert.Equal(SaveOutcome.Stale, await Store.SaveAsync(change, default));
        }

        Assert.Equal((GenerationPhase.Running, 3), ((await FindAsync("a"))!.Phase, (await FindAsync("a"))!.Revision));
        Assert.Null(await _store.Media.FindAsync("med_1", default));
        Assert.Null(await _store.Callbacks.NextDueAsync(Room(10), default));
    }

    /// <remarks>A process that was cut off counts its tries, so that its revision may be above that of its successor, who has ended the generation and let go of it.</remarks>
    [Fact]
    public async Task SaveAsync_OnTopOfWhatNobodyHolds_HasToHaveSeenIt()
    {
        await InsertAsync(States.New("a"));
        await SaveAsync(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 3 });

        Assert.Equal(SaveOutcome.Stale, await OnTopOfAsync(2, revision: 7));
        Assert.Equal((GenerationPhase.Succeeded, 3), ((await FindAsync("a"))!.Phase, (await FindAsync("a"))!.Revision));
        Assert.Equal(SaveOutcome.Saved, await OnTopOfAsync(3, revision: 7));
        Assert.Equal(SaveOutcome.Saved, await OnTopOfAsync(null, revision: 8));

        // Who holds it may have stored tries that it has not heard of.
        await InsertAsync(States.New("b"));
        await SaveAsync(States.Accepted("b", "native-1") with { Revision = 3 });
        Assert.Equal(SaveOutcome.Saved, await Store.SaveAsync(new GenerationChange(States.Ended("b", GenerationPhase.Failed) with { Revision = 4 }, Me) { StandsOn = 1 }, default));

        Task<SaveOutcome> OnTopOfAsync(int? seen, int revision) =>
            Store.SaveAsync(new GenerationChange(States.Ended("a", GenerationPhase.Failed) with { Revision = revision }, Me) { StandsOn = seen }, default).AsTask();
    }

    [Fact]
    public async Task SaveAsync_ADeliveryThatIsThereAlready_StaysAsItIs()
    {
        await InsertAsync(States.New("a"));
        var callback = new Callback("msg_1", "a", "https://a.example/", 0, States.Now);
        var overdue = States.Accepted("a", "native-1") with { FinishedAt = States.Now, Error = new GenerationError { Code = ErrorCode.Timeout, Message = "late", Timestamp = States.Now } };

        Assert.Equal(SaveOutcome.Saved, await Store.SaveAsync(new GenerationChange(overdue with { Revision = 1 }, Me) { Callback = callback }, default));
        Assert.Equal(SaveOutcome.Saved, await Store.SaveAsync(new GenerationChange(overdue with { Revision = 2 }, Me) { Callback = callback }, default));

        Assert.Equal("msg_1", Assert.Single(await _store.Callbacks.ListAsync("a", default)).Id);
    }

    [Fact]
    public async Task SaveAsync_SomebodyElseHoldsIt_IsLostAndStoresNothing()
    {
        await InsertAsync(States.New("a"));

        Assert.Equal(SaveOutcome.LeaseLost, await SaveAsync(States.Ended("a", GenerationPhase.Failed) with { Revision = 1 }, Other));
        Assert.Equal(SaveOutcome.LeaseLost, await SaveAsync(States.Ended("unknown", GenerationPhase.Failed) with { Revision = 1 }));
        Assert.True((await FindAsync("a"))!.IsOpen);
    }

    [Fact]
    public async Task SaveAsync_StateMediaAndCallback_AreStoredTogether()
    {
        await InsertAsync(States.New("a"));
        var callback = new Callback("msg_1", "a", "https://a.example/", 0, States.Now);

        await Store.SaveAsync(
            new GenerationChange(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 1 }, Me) { Media = [Media("med_1"), Media("med_2")], Callback = callback }, default);

        Assert.Equal(Media("med_2"), await _store.Media.FindAsync("med_2", default));
        Assert.Equal([callback], await _store.Callbacks.ClaimDueAsync(States.Now, States.Now.AddMinutes(1), Room(10), default));
    }

    [Fact]
    public async Task SaveAsync_ManyAtOnce_KeepsTheLastOfEach()
    {
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => InsertAsync(States.New($"g{i}"))));

        await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            await SaveAsync(States.Accepted($"g{i}", $"native-{i}") with { Revision = 1 });
            await SaveAsync(States.Ended($"g{i}", GenerationPhase.Succeeded) with { Revision = 2 });
        }));

        Assert.Equal(300, (await ListAsync(Filter() with { Status = "success" })).Count);
        Assert.Empty(await ClaimAsync(Other));
    }

    [Fact]
    public async Task ClaimAsync_AfterReopening_GivesWhatIsNotFinishedWithItsBody()
    {
        foreach (var id in new[] { "queued", "running", "unknown", "done" })
        {
            await InsertAsync(States.New(id), States.Request("body of " + id));
        }

        await SaveAsync(States.Accepted("running", "native-1") with { Revision = 1 });
        await SaveAsync(States.New("unknown") with { Phase = GenerationPhase.Unknown, Revision = 1 });
        await SaveAsync(States.Ended("done", GenerationPhase.Succeeded) with { Revision = 1 });
        await ReopenAsync();

        var open = await ClaimAsync(Other);

        Assert.Equal(["queued", "running", "unknown"], open.Select(o => o.State.Id));
        Assert.Equal("body of queued"u8.ToArray(), open[0].Body);
        Assert.Null(open[1].Body); // accepted: the prompt is not kept any longer
        Assert.Equal("native-1", open[1].State.Job!.NativeId);
        Assert.Equal("body of unknown"u8.ToArray(), open[2].Body); // for the search
    }

    [Fact]
    public async Task ClaimAsync_AnOwnersLeaseHasRunOut_AnotherTakesAllAndTheFirstIsRefused()
    {
        for (var i = 0; i < 5; i++)
        {
            await InsertAsync(States.New($"g{i}"));
        }

        // The other one has been there all the while, so that it is not the store that was away.
        await Store.RenewAsync(Me, TimeSpan.FromMinutes(1), default);
        await Store.RenewAsync(Other, TimeSpan.FromMinutes(10), default);
        await _store.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(await ClaimAsync(Other));
        await _store.PassAsync(TimeSpan.FromSeconds(31));
        Assert.Equal(2, (await ClaimAsync(Other, limit: 2)).Count);
        Assert.Equal(3, (await ClaimAsync(Other)).Count);
        Assert.Empty(await ClaimAsync(Other));

        Assert.Equal(SaveOutcome.LeaseLost, await SaveAsync(States.Accepted("g0", "native-1") with { Revision = 1 }));
        Assert.Equal(SaveOutcome.Saved, await SaveAsync(States.Accepted("g0", "native-1") with { Revision = 1 }, Other));
    }

    [Fact]
    public async Task ClaimAsync_SeveralAtOnce_GiveEachGenerationToOne()
    {
        for (var i = 0; i < 40; i++)
        {
            await InsertAsync(States.New($"g{i:00}"));
        }

        var claimed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ClaimAsync($"owner-{i}", limit: 7)));

        Assert.Equal(40, claimed.SelectMany(c => c).Select(c => c.State.Id).Distinct().Count());
        Assert.Equal(40, claimed.Sum(c => c.Count));
    }

    [Fact]
    public async Task SearchAsync_ByContents_NewestFirstPageByPage()
    {
        static GenerationState Asked(string id, int second, string prompt, MediaType kind = MediaType.Image) => States.New(id) with
        {
            CreatedAt = States.Now.AddSeconds(second),
            Asked = new AskedRequest { MediaType = kind, Prompt = prompt },
        };
        await InsertAsync(Asked("g0", 0, "A red fox"));
        await InsertAsync(Asked("g1", 1, "100% of it, A_B") with { Model = "other", Alias = "poster" });
        await InsertAsync(Asked("g2", 2, "A clip of a FOX", MediaType.Video));
        await InsertAsync(States.New("g3") with { CreatedAt = States.Now.AddSeconds(3) });
        await InsertAsync(Asked("theirs", 4, "Their fox") with { Client = "other" });
        await SaveAsync(States.Ended("g3", GenerationPhase.Failed) with { Revision = 1 });

        Assert.Equal(["g3", "g2", "g1", "g0"], await FoundAsync(Mine()));
        Assert.Equal(["theirs", "g3", "g2", "g1", "g0"], await FoundAsync(Mine() with { Client = null }));
        Assert.Equal(["g2", "g0"], await FoundAsync(Mine() with { Text = "fox" }));
        Assert.Equal(["g1"], await FoundAsync(Mine() with { Text = "0% o" }));
        Assert.Equal(["g1"], await FoundAsync(Mine() with { Text = "a_b" }));
        Assert.Empty(await FoundAsync(Mine() with { Text = "a?red" }));
        Assert.Equal(["g3"], await FoundAsync(Mine() with { Text = "g3" }));
        Assert.Equal(["g1"], await FoundAsync(Mine() with { Model = "other" }));
        Assert.Equal(["g1"], await FoundAsync(Mine() with { Model = "poster" }));
        Assert.Equal(["g2"], await FoundAsync(Mine() with { Kind = "video" }));
        Assert.Equal(["g3"], await FoundAsync(Mine() with { Code = "PROVIDER_ERROR" }));
        Assert.Empty(await FoundAsync(Mine() with { Code = "TIMEOUT" }));
        Assert.Equal(["g2", "g1"], await FoundAsync(Mine() with { From = States.Now.AddSeconds(1), To = States.Now.AddSeconds(3) }));
        Assert.Equal(["g2", "g1"], await FoundAsync(Mine() with { Client = null, From = States.Now.AddSeconds(1), To = States.Now.AddSeconds(3) }));

        // Pages go on where the one before has ended.
        foreach (var client in new[] { "local", null })
        {
            var first = (await _store.Reports.SearchAsync(Mine() with { Client = client, Limit = 1, Text = "fox", To = States.Now.AddSeconds(3) }, default))!;
            Assert.Equal(("g2", "g2"), (first.Items.Single().Id, first.Next));
            var second = (await _store.Reports.SearchAsync(Mine() with { Client = client, Limit = 1, Text = "fox", To = States.Now.AddSeconds(3), Cursor = "g2" }, default))!;
            Assert.Equal(("g0", null), (second.Items.Single().Id, second.Next));
        }

        Assert.Null(await _store.Reports.SearchAsync(Mine() with { Cursor = "theirs" }, default));
    }

    [Theory]
    [InlineData("local")]
    [InlineData(null)]
    public async Task SearchAsync_WindowEndsBeforeAnythingIsFound_GoesOnFromThere(string? client)
    {
        for (var i = 0; i < 7; i++)
        {
            await InsertAsync(States.New($"g{i}") with { CreatedAt = States.Now.AddSeconds(i), Asked = new AskedRequest { MediaType = MediaType.Image, Prompt = i == 0 ? "the needle" : "hay" } });
        }

        var (found, cursor, pages) = (new List<string>(), (string?)null, 0);
        do
        {
            var page = (await _store.Reports.SearchAsync(Mine() with { Client = client, Text = "needle", Window = 3, Cursor = cursor }, default))!;
            found.AddRange(page.Items.Select(s => s.Id));
            (cursor, pages) = (page.Next, pages + 1);
        }
        while (cursor is not null);

        Assert.Equal(["g0"], found);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData("local")]
    [InlineData(null)]
    public async Task SearchAsync_Counted_CountsAllPagesUpToANumber(string? client)
    {
        for (var i = 0; i < 7; i++)
        {
            await InsertAsync(States.New($"g{i}") with { CreatedAt = States.Now.AddSeconds(i), Asked = new AskedRequest { MediaType = MediaType.Image, Prompt = i % 2 == 0 ? "a fox" : "hay" } });
        }

        async Task<GenerationCount?> CountAsync(Func<GenerationSearch, GenerationSearch> with) =>
            (await _store.Reports.SearchAsync(with(Mine() with { Client = client, Limit = 2, CountUpTo = 7 }), default))!.Count;

        Assert.Null(await CountAsync(s => s with { CountUpTo = null }));
        Assert.Equal(new GenerationCount(7, IsLeast: false), await CountAsync(s => s));
        Assert.Equal(new GenerationCount(7, IsLeast: false), await CountAsync(s => s with { Cursor = "g3" }));
        Assert.Equal(new GenerationCount(6, IsLeast: true), await CountAsync(s => s with { CountUpTo = 6 }));
        Assert.Equal(new GenerationCount(4, IsLeast: false), await CountAsync(s => s with { Text = "fox" }));
        Assert.Equal(new GenerationCount(3, IsLeast: false), await CountAsync(s => s with { From = States.Now.AddSeconds(2), To = States.Now.AddSeconds(5) }));

        // Of those that are not looked at nobody knows.
        Assert.Equal(new GenerationCount(2, IsLeast: true), await CountAsync(s => s with { Text = "fox", Window = 3 }));
    }

    [Fact]
    public async Task SpendAsync_SumsByDayProviderModelAndClient()
    {
        var day = States.Now.Date;
        static GenerationState Done(string id, decimal cost, DateTimeOffset at) =>
            States.New(id) with { CreatedAt = at, Phase = GenerationPhase.Succeeded, IsOpen = false, FinishedAt = at, Result = new GenerationResult([], "text", 7), Cost = cost };
        await InsertAsync(Done("a", 0.04m, States.Now));
        await InsertAsync(Done("b", 0.06m, States.Now) with { CostEstimated = true });
        await InsertAsync(Done("c", 0, States.Now) with { Saved = 0.04m });
        await InsertAsync(Done("tiny", 0.0000004m, States.Now) with { Saved = 0.0000004m });
        await InsertAsync(Done("tiny too", 0.0000004m, States.Now) with { Saved = 0.0000004m });
        await InsertAsync(Done("d", 1.5m, States.Now.AddDays(1)) with { Client = "other" });
        await InsertAsync(Done("before", 9, new DateTimeOffset(day, TimeSpan.Zero).AddMilliseconds(-1)));
        AttemptReport Try(Billed billed) => new("flux", "only", AttemptOutcome.Accepted, ErrorCode.ContentPolicyViolation, billed, 1);
        await InsertAsync(States.Ended("free", GenerationPhase.Failed) with { Cost = 0.5m, Attempts = [Try(Billed.No)] });
        await InsertAsync(States.Ended("paid", GenerationPhase.Failed) with { Cost = 0.02m, Attempts = [Try(Billed.No), Try(Billed.Unknown)] });

        var rows = await _store.Reports.SpendAsync(DateOnly.FromDateTime(day), DateOnly.FromDateTime(day.AddDays(1)), default);

        Assert.Equal(
            [
                new SpendRow(DateOnly.FromDateTime(day), "flux", "m", "local", 7, 0.12m, 0.06m, 0.02m, 2, 0.04m),
                new SpendRow(DateOnly.FromDateTime(day.AddDays(1)), "flux", "m", "other", 1, 1.5m, 0, 0, 0, 0),
            ],
            rows);
    }

    /// <remarks>A job failed after it was paid for, and another provider made the result.</remarks>
    [Fact]
    public async Task SpendAsync_BilledBeforeItWentOn_IsTheEarlierProviders_AndStaysSoOnceItIsForgotten()
    {
        var day = DateOnly.FromDateTime(States.Now.UtcDateTime);
        await InsertAsync(States.New("done", provider: "beta"));
        await SaveAsync(States.Ended("done", GenerationPhase.Succeeded) with
        {
            Provider = "beta", Revision = 1, Cost = 0.14m, CostEstimated = true, Spent = 0.05m, Bills = [new("alpha", "m1", 0.03m, true), new("alpha", "m2", 0.02m, false)],
            Attempts = [new("alpha", "only", AttemptOutcome.Accepted, null, Billed.Yes, 1), new("beta", "only", AttemptOutcome.Accepted, null, Billed.Yes, 1)],
        });
        await InsertAsync(States.New("failed", provider: "beta"));
        await SaveAsync(States.Ended("failed", GenerationPhase.Failed) with
        {
            Provider = "beta", Revision = 1, Cost = 0.03m, Spent = 0.03m, Bills = [new("alpha", "m1", 0.03m, true)],
            Attempts = [new("alpha", "only", AttemptOutcome.Accepted, null, Billed.Unknown, 1), new("beta", "only", AttemptOutcome.Refused, null, Billed.No, 1)],
        });

        SpendRow[] expected =
        [
            new(day, "alpha", "m1", "local", 0, 0.06m, 0.06m, 0.03m, 0, 0),
            new(day, "alpha", "m2", "local", 0, 0.02m, 0, 0, 0, 0),
            new(day, "beta", "m", "local", 2, 0.09m, 0.09m, 0, 1, 0),
        ];
        Assert.Equal(expected, await _store.Reports.SpendAsync(day, day, default));
        Assert.Equal(2, await Store.ForgetAsync(States.Now.AddDays(1), 10, default));
        Assert.Equal(expected, await _store.Reports.SpendAsync(day, day, default));
    }

    [Fact]
    public async Task ListAsync_Filters_NewestFirstPageByPage()
    {
        for (var i = 0; i < 5; i++)
        {
            await InsertAsync(States.New($"g{i}", provider: i == 4 ? "sora" : "flux") with { CreatedAt = States.Now.AddSeconds(i / 2) });
        }

        await InsertAsync(States.New("other", client: "other"));
        await SaveAsync(States.Ended("g1", GenerationPhase.Succeeded) with { Revision = 1 });
        await SaveAsync(States.Ended("g2", GenerationPhase.Failed) with { Revision = 1 });

        Assert.Equal(["g4", "g3", "g2", "g1", "g0"], await IdsAsync(Filter()));
        Assert.Equal(["g4", "g3"], await IdsAsync(Filter() with { Limit = 2 }));
        Assert.Equal(["g2", "g1", "g0"], await IdsAsync(Filter() with { Cursor = "g3" }));
        Assert.Equal(["g4"], await IdsAsync(Filter() with { Cursor = "g3", OldestFirst = true }));
        Assert.Equal(["g0", "g1", "g2"], await IdsAsync(Filter() with { OldestFirst = true, Limit = 3 }));
        Assert.Equal(["g1"], await IdsAsync(Filter() with { Status = "success" }));
        Assert.Equal(["g2"], await IdsAsync(Filter() with { Status = "failed" }));
        Assert.Equal(["g4"], await IdsAsync(Filter() with { Provider = "sora" }));
        Assert.Equal(["other"], await IdsAsync(Filter() with { Client = "other" }));
        Assert.Null(await Store.ListAsync(Filter() with { Cursor = "other" }, default));
        Assert.Null(await Store.ListAsync(Filter() with { Cursor = "unknown" }, default));
    }

    [Fact]
    public async Task ListAsync_WhatMayBeAVideo_LeavesOutOtherKindsAndWhatIsHidden()
    {
        var kinds = new (string Id, MediaType? Kind)[]
        {
            ("image", MediaType.Image), ("clip", MediaType.Video), ("speech", MediaType.Audio), ("text", MediaType.Text), ("unknown", null), ("hidden", MediaType.Video), ("last", MediaType.Video),
        };
        foreach (var (id, kind) in kinds)
        {
            await InsertAsync(States.New(id) with { Asked = kind is { } media ? new AskedRequest { MediaType = media } : null });
        }

        await InsertAsync(States.New("theirs", client: "other") with { Asked = new AskedRequest { MediaType = MediaType.Video } });
        await Store.HideAsync("hidden", default);
        await SaveAsync(States.Ended("clip", GenerationPhase.Succeeded) with { Revision = 1 });
        var videos = Filter() with { MayBeVideo = true };

        Assert.Equal(["clip", "last", "unknown"], (await IdsAsync(videos)).Order(StringComparer.Ordinal));
        var ids = (await IdsAsync(videos)).ToList();
        Assert.Equal(ids.AsEnumerable().Reverse(), await IdsAsync(videos with { OldestFirst = true }));
        Assert.Equal([ids[2]], await IdsAsync(videos with { Cursor = ids[1] }));
    }

    [Fact]
    public async Task TryTakeJobAsync_SeveralWantTheSameJob_OneGetsIt()
    {
        foreach (var id in new[] { "a", "b", "c" })
        {
            await InsertAsync(States.New(id));
        }

        var taken = await Task.WhenAll(new[] { "a", "b", "c" }.Select(id => Store.TryTakeJobAsync(id, "flux", "native-1", default).AsTask()));
        Assert.Single(taken, true);

        var winner = new[] { "a", "b", "c" }[Array.IndexOf(taken, true)];
        Assert.True(await Store.TryTakeJobAsync(winner, "flux", "native-1", default));
        Assert.Equal(SaveOutcome.Saved, await SaveAsync(States.Accepted(winner, "native-1") with { Revision = 1 }));
        await InsertAsync(States.New("d"));
        Assert.False(await Store.TryTakeJobAsync("d", "flux", "native-1", default));
        Assert.True(await Store.TryTakeJobAsync("d", "flux", "native-2", default));
    }

    [Fact]
    public async Task SaveAsync_TheProviderAnswersWithAJobOfAnother_TheStateIsStoredAllTheSame()
    {
        await InsertAsync(States.New("a"));
        await InsertAsync(States.New("b"));
        await SaveAsync(States.Accepted("a", "native-1") with { Revision = 1 });

        Assert.Equal(SaveOutcome.Saved, await SaveAsync(States.Accepted("b", "native-1") with { Revision = 1 }));
        Assert.Equal("native-1", (await FindAsync("b"))!.Job!.NativeId);
    }

    [Fact]
    public async Task RequestCancelAsync_ThenItIsTakenUp_IsToldToItsOwner()
    {
        await InsertAsync(States.New("a"));
        await InsertAsync(States.New("done"));
        await SaveAsync(States.Ended("done", GenerationPhase.Succeeded) with { Revision = 1 });

        await Store.RequestCancelAsync("a", default);
        await Store.RequestCancelAsync("done", default);
        Assert.Equal(SaveOutcome.Saved, await SaveAsync(States.Accepted("a", "native-1") with { Revision = 1 }));
        await ReopenAsync();

        Assert.True((await FindAsync("a"))!.CancelRequested);
        Assert.False((await FindAsync("done"))!.CancelRequested);
        Assert.True(Assert.Single(await ClaimAsync(Other)).State.CancelRequested);
    }

    [Fact]
    public async Task FindRepeatsAsync_SameContent_NewestFirstAndOnlyWhereAskedFor()
    {
        var request = States.Request("same") with { ByContent = true };
        foreach (var (id, seconds) in new[] { ("old", -60), ("a", 0), ("b", 1) })
        {
            await InsertAsync(States.New(id) with { CreatedAt = States.Now.AddSeconds(seconds) }, request);
        }

        await InsertAsync(States.New("other", client: "other"), request);
        await InsertAsync(States.New("unified"), States.Request("same"));

        Assert.Equal(["b", "a"], await Store.FindRepeatsAsync("local", request.Fingerprint, States.Now, default));
        Assert.Empty(await Store.FindRepeatsAsync("local", States.Request("else").Fingerprint, States.Now, default));
    }

    [Fact]
    public async Task FindUnansweredAsync_OpenOrEnded_NewestFirstWithoutWhatIsMarked()
    {
        foreach (var (id, seconds) in new[] { ("old", -60), ("a", 0), ("b", 1), ("c", 2) })
        {
            await InsertAsync(States.New(id) with { CreatedAt = States.Now.AddSeconds(seconds) }, States.Request(id));
        }

        await SaveAsync(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 1 });
        await Store.MarkAnsweredAsync(["b", "never heard of"], States.Now, States.Now.AddHours(-1), default);
        await Store.MarkAnsweredAsync(["b"], States.Now, States.Now.AddHours(-1), default);
        await ReopenAsync();

        var found = await Store.FindUnansweredAsync(States.Now, 10, default);
        Assert.Equal(["c", "a"], found.Select(f => f.State.Id));
        Assert.Equal([States.Request("c").Fingerprint, States.Request("a").Fingerprint], found.Select(f => f.Fingerprint));
        Assert.Equal(GenerationPhase.Succeeded, found[1].State.Phase);
        Assert.Equal("c", Assert.Single(await Store.FindUnansweredAsync(States.Now, 1, default)).State.Id);

        // A mark is kept as long as it is looked for.
        await Store.MarkAnsweredAsync(["c"], States.Now.AddHours(1), States.Now.AddMinutes(1), default);
        Assert.Equal(["b", "a"], (await Store.FindUnansweredAsync(States.Now, 10, default)).Select(f => f.State.Id));
    }

    [Fact]
    public async Task HideAsync_RunningOrNot_IsHiddenWithoutItsAttachmentWhateverIsSavedLater()
    {
        await InsertAsync(States.New("a") with { Attachment = [1] });
        await Store.HideAsync("a", default);
        await SaveAsync(States.Accepted("a", "native-1") with { Revision = 1, Attachment = [1] });

        var found = (await FindAsync("a"))!;
        Assert.True(found.Hidden);
        Assert.Null(found.Attachment);
    }

    [Fact]
    public async Task WatchAsync_UntilTheEnd_ShowsEachChange()
    {
        await InsertAsync(States.New("a"));
        await using var watch = Store.WatchAsync("a", default).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal(GenerationPhase.Queued, watch.Current.Phase);

        var next = watch.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        await SaveAsync(States.Accepted("a", "native-1") with { Revision = 1 });
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(GenerationPhase.Running, watch.Current.Phase);

        next = watch.MoveNextAsync().AsTask();
        await Store.RequestCancelAsync("a", default);
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.True(watch.Current.CancelRequested);

        next = watch.MoveNextAsync().AsTask();
        await SaveAsync(States.Ended("a", GenerationPhase.Failed) with { Revision = 2 });
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.False(watch.Current.IsOpen);
        Assert.False(await watch.MoveNextAsync());
    }

    [Fact]
    public async Task WatchAsync_Unknown_EndsAtOnce()
    {
        await foreach (var _ in Store.WatchAsync("unknown", default))
        {
            Assert.Fail("There is nothing to show.");
        }
    }

    [Fact]
    public async Task ForgetAsync_OldOnes_GoWithTheirKeys()
    {
        foreach (var id in new[] { "old-1", "old-2", "new", "running" })
        {
            await InsertAsync(States.New(id) with { CreatedAt = id == "new" ? States.Now.AddDays(3) : States.Now }, States.Request("{}", "key of " + id));
        }

        foreach (var id in new[] { "old-1", "old-2", "new" })
        {
            await SaveAsync(States.Ended(id, GenerationPhase.Succeeded) with { Revision = 1 });
        }

        await _store.NativeJobs.AddAsync("flux", "native-1", "only", null, States.Now, default);
        Assert.Equal(0, await Store.ForgetAsync(States.Now, 10, default));
        Assert.Equal(1, await Store.ForgetAsync(States.Now.AddDays(2), 1, default));
        Assert.Equal(1, await Store.ForgetAsync(States.Now.AddDays(2), 10, default));

        Assert.Null(await FindAsync("old-1"));
        Assert.Null(await FindAsync("old-2"));
        Assert.Null(await Store.FindKeyAsync("local", "key of old-1", default));
        Assert.NotNull(await Store.FindKeyAsync("local", "key of new", default));
        Assert.NotNull(await FindAsync("new"));
        Assert.NotNull(await FindAsync("running")); // still open, however old
        Assert.Null(await _store.NativeJobs.FindAsync("flux", ["native-1"], default));
    }

    [Fact]
    public async Task SaveAsync_ItIsForgotten_DoesNotComeBack()
    {
        await InsertAsync(States.New("a"));
        await SaveAsync(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 1 });
        await Store.ForgetAsync(States.Now.AddDays(2), 10, default);

        Assert.Equal(SaveOutcome.LeaseLost, await SaveAsync(States.Accepted("a", "native-1") with { Revision = 2 }));
        await ReopenAsync();
        Assert.Null(await FindAsync("a"));
        Assert.Empty(await ClaimAsync(Other));
    }

    [Fact]
    public async Task Media_Expired_AreNamedUntilTheyAreRemoved()
    {
        foreach (var (id, days) in new[] { ("med_old", 1), ("med_new", 9), ("med_ever", 0) })
        {
            await _store.Media.AddAsync("a", Media(id) with { ExpiresAt = days > 0 ? States.Now.AddDays(days) : null }, default);
        }

        await _store.Media.AddAsync("a", Media("med_old") with { Bytes = 99 }, default);
        Assert.Equal(1, (await _store.Media.FindAsync("med_old", default))!.Bytes);
        Assert.Empty(await _store.Media.ListExpiredAsync(States.Now, 10, default));
        Assert.Equal(["med_old"], await _store.Media.ListExpiredAsync(States.Now.AddDays(2), 10, default));
        Assert.Equal(["med_old"], await _store.Media.ListExpiredAsync(States.Now.AddDays(2), 10, default));
        await _store.Media.RemoveAsync(["med_old"], default);
        Assert.Empty(await _store.Media.ListExpiredAsync(States.Now.AddDays(2), 10, default));
        Assert.Null(await _store.Media.FindAsync("med_old", default));
        Assert.NotNull(await _store.Media.FindAsync("med_ever", default));
    }

    [Fact]
    public async Task ClaimDueAsync_SeveralAtOnce_GiveEachDeliveryToOneUntilItsTimeIsOver()
    {
        for (var i = 0; i < 20; i++)
        {
            var id = $"g{i:00}";
            await InsertAsync(States.New(id));
            var callback = new Callback($"msg_{i:00}", id, "https://a.example/", 0, States.Now.AddSeconds(i));
            await Store.SaveAsync(new GenerationChange(States.Ended(id, GenerationPhase.Failed) with { Revision = 1 }, Me) { Callback = callback }, default);
        }

        var (now, until) = (States.Now.AddSeconds(14), States.Now.AddSeconds(60));
        var claimed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _store.Callbacks.ClaimDueAsync(now, until, Room(4), default).AsTask()));
        Assert.Equal(15, claimed.SelectMany(c => c).Select(c => c.Id).Distinct().Count());
        Assert.Equal(15, claimed.Sum(c => c.Count));
        Assert.Equal(States.Now.AddSeconds(15), await _store.Callbacks.NextDueAsync(Room(10), default));

        await _store.Callbacks.RemoveAsync("msg_00", default);
        var first = claimed.SelectMany(c => c).Single(c => c.Id == "msg_01");
        await _store.Callbacks.SettleAsync(first, Try(503), CallbackStatus.Pending, States.Now.AddSeconds(30), default);
        var postponed = Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now.AddSeconds(30), until, Room(30), default), c => c.Id == "msg_01");
        Assert.Equal((1, States.Now.AddSeconds(30)), (postponed.Attempts, postponed.Due));
        Assert.Equal(19, (await _store.Callbacks.ClaimDueAsync(until, until.AddSeconds(60), Room(30), default)).Count);
    }

    [Fact]
    public async Task NativeJobs_Added_AreFoundByTheFirstKnownId()
    {
        await _store.NativeJobs.AddAsync("flux", "native-1", "eu", "shop", States.Now, default);
        await _store.NativeJobs.AddAsync("flux", "native-1", "us", "blog", States.Now, default);

        Assert.Equal("eu", await _store.NativeJobs.FindAsync("flux", ["else", "native-1"], default));
        Assert.Null(await _store.NativeJobs.FindAsync("sora", ["native-1"], default));
        Assert.Equal(["native-1"], await _store.NativeJobs.OwnedAsync("flux", ["native-1", "native-2"], "shop", default));
        Assert.Empty(await _store.NativeJobs.OwnedAsync("flux", ["native-1"], "blog", default));
        Assert.Empty(await _store.NativeJobs.OwnedAsync("sora", ["native-1"], "shop", default));
    }

    [Fact]
    public async Task NativeOrders_OfAProcessThatIsGone_AreTakenOnceEach()
    {
        await Store.RenewAsync(Me, TimeSpan.FromMinutes(1), default);
        foreach (var (id, age) in new[] { ("old", 6000), ("told", 700), ("long", 2000), ("first", 20), ("second", 10) })
        {
            await _store.NativeOrders.BeginAsync(id, "gone", "shop", s_asked, States.Now.AddSeconds(-age), default);
        }

        // What was told long ago is over. Without an answer it may have been lost a moment ago.
        await _store.NativeOrders.AnswerAsync("told", [1], States.Now.AddSeconds(-600), default);
        await _store.NativeOrders.BeginAsync("mine", Me, "shop", s_asked, States.Now, default);
        await _store.NativeOrders.AnswerAsync("second", [1, 2, 3], States.Now.AddSeconds(-9), default);
        await ReopenAsync();

        Assert.Null(await TakeOrderAsync("blog", s_asked));
        Assert.Null(await TakeOrderAsync("shop", [.. s_asked.Reverse()]));
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TakeOrderAsync("shop", s_asked)));
        Assert.Equal(["first", "long", "second"], taken.OfType<LostNativeOrder>().Select(o => o.Id).Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], taken.OfType<LostNativeOrder>().Single(o => o.Id == "second").Answer!);
        Assert.Null(taken.OfType<LostNativeOrder>().Single(o => o.Id == "first").Answer);
    }

    [Fact]
    public async Task NativeOrders_ForgottenOrTooOld_AreGone()
    {
        foreach (var (id, age) in new[] { ("old", 600), ("answered", 20), ("left", 10) })
        {
            await _store.NativeOrders.BeginAsync(id, "gone", "shop", s_asked, States.Now.AddSeconds(-age), default);
        }

        await _store.NativeOrders.ForgetAsync(["answered"], States.Now.AddSeconds(-300), default);

        Assert.Equal("left", (await _store.NativeOrders.TakeAsync(Me, "shop", s_asked, States.Now.AddDays(-1), default))?.Id);
        Assert.Null(await _store.NativeOrders.TakeAsync(Me, "shop", s_asked, States.Now.AddDays(-1), default));
        await _store.NativeOrders.BeginAsync("quiet", "gone", "shop", s_asked, States.Now, default);
        await Store.ForgetAsync(States.Now.AddDays(1), 10, default);
        Assert.Null(await TakeOrderAsync("shop", s_asked));
    }

    [Fact]
    public async Task ClaimDueAsync_OneReceiverHasNoRoom_OthersGetTheirs()
    {
        for (var i = 0; i < 6; i++)
        {
            await AddDeliveryAsync($"g{i}", i % 2 == 0 ? "https://dead.example/" : "https://alive.example/");
        }

        var room = new CallbackRoom(10, 2, new Dictionary<string, int> { ["dead.example"] = 0 });
        var claimed = await _store.Callbacks.ClaimDueAsync(States.Now, States.Now.AddMinutes(1), room, default);

        Assert.Equal(["g1", "g3"], claimed.Select(c => c.Generation).Order(StringComparer.Ordinal));
        Assert.Equal(States.Now, await _store.Callbacks.NextDueAsync(room, default)); // a third one
        Assert.Null(await _store.Callbacks.NextDueAsync(room with { PerReceiver = 0 }, default));
    }

    [Fact]
    public async Task SettleAsync_EachTry_IsKeptAsLongAsTheGenerationAndBounded()
    {
        await AddDeliveryAsync("a", "https://a.example/");
        for (var i = 0; i < ICallbackStore.KeptTries + 5; i++)
        {
            var due = States.Now.AddSeconds(i);
            var callback = Assert.Single(await _store.Callbacks.ClaimDueAsync(due, due.AddMinutes(1), Room(10), default));
            Assert.Equal(i, callback.Attempts);
            await _store.Callbacks.SettleAsync(callback, Try(500 + i), CallbackStatus.Pending, due.AddSeconds(1), default);
        }

        await ReopenAsync();
        var record = Assert.Single(await _store.Callbacks.ListAsync("a", default));
        Assert.Equal(CallbackStatus.Pending, record.Status);
        Assert.Equal(States.Now.AddSeconds(ICallbackStore.KeptTries + 5), record.Due);
        Assert.Equal(Enumerable.Range(505, ICallbackStore.KeptTries), record.Tries.Select(t => t.Status!.Value));

        await Store.ForgetAsync(States.Now.AddDays(1), 10, default);
        Assert.Empty(await _store.Callbacks.ListAsync("a", default));
        Assert.Null(await _store.Callbacks.NextDueAsync(Room(10), default));
    }

    [Fact]
    public async Task SettleAsync_TheUrlIsGone_NothingMoreGoesThereForTheGeneration()
    {
        await AddDeliveryAsync("a", "https://a.example/");
        await AddDeliveryAsync("b", "https://a.example/");
        var claimed = await _store.Callbacks.ClaimDueAsync(States.Now, States.Now.AddMinutes(1), Room(10), default);
        await _store.Callbacks.SettleAsync(claimed.Single(c => c.Generation == "a"), Try(410), CallbackStatus.Gone, null, default);

        var later = new Callback("msg_later", "a", "https://a.example/", 0, States.Now);
        await Store.SaveAsync(new GenerationChange(States.Ended("a", GenerationPhase.Succeeded) with { Revision = 2 }, Me) { Callback = later }, default);

        var record = Assert.Single(await _store.Callbacks.ListAsync("a", default));
        Assert.Equal((CallbackStatus.Gone, (DateTimeOffset?)null), (record.Status, record.Due));
        Assert.Equal("b", Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now.AddMinutes(1), States.Now.AddMinutes(2), Room(10), default)).Generation);
    }

    public static TheoryData<string, int, bool> Ends => new()
    {
        { "Delivered", 0, false }, { "Delivered", 1000, true }, { "Gone", 1000, false }, { "GivenUp", 1000, false }, { "Pending", 0, true }, { "Pending", 1000, false },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task RedeliverAsync_WhileItIsOnItsWay_IsDueOnceMoreWhenItHasEnded(string end, int after, bool restarts)
    {
        var status = Enum.Parse<CallbackStatus>(end);
        await AddDeliveryAsync("a", "https://a.example/");
        var first = Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now, States.Now.AddMinutes(1), Room(10), default));

        // Twice is no more than once.
        var asked = States.Now.AddMilliseconds(after);
        Assert.Equal(1, await _store.Callbacks.RedeliverAsync("a", first.Id, asked, default));
        Assert.Equal(1, await _store.Callbacks.RedeliverAsync("a", null, asked, default));
        Assert.Empty(await _store.Callbacks.ClaimDueAsync(asked.AddSeconds(1), States.Now.AddMinutes(1), Room(10), default));
        await _store.Callbacks.SettleAsync(first, Try(503), status, status == CallbackStatus.Pending ? States.Now.AddHours(1) : null, default);
        if (restarts)
        {
            await ReopenAsync();
        }

        var record = Assert.Single(await _store.Callbacks.ListAsync("a", default));
        Assert.Equal((CallbackStatus.Pending, 1), (record.Status, record.Tries.Count));
        var again = Assert.Single(await _store.Callbacks.ClaimDueAsync(asked.AddSeconds(1), States.Now.AddMinutes(2), Room(10), default));
        Assert.Equal((first.Id, 0), (again.Id, again.Attempts));
        await _store.Callbacks.SettleAsync(again, Try(200) with { At = asked.AddSeconds(1) }, CallbackStatus.Delivered, null, default);
        Assert.Equal((CallbackStatus.Delivered, 2), (await _store.Callbacks.ListAsync("a", default)) is [var done] ? (done.Status, done.Tries.Count) : default);
        Assert.Null(await _store.Callbacks.NextDueAsync(Room(10), default));
    }

    [Fact]
    public async Task RedeliverAsync_WhileItIsOnItsWayInAProcessThatDies_IsDueAfterItsHold()
    {
        await AddDeliveryAsync("a", "https://a.example/");
        var first = Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now, States.Now.AddMinutes(1), Room(10), default));
        await _store.Callbacks.RedeliverAsync("a", null, States.Now, default);
        await ReopenAsync();

        var again = Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now.AddMinutes(1), States.Now.AddMinutes(2), Room(10), default));
        Assert.Equal((first.Id, 0), (again.Id, again.Attempts));
    }

    [Fact]
    public async Task RedeliverAsync_WhateverBecameOfIt_IsDueAgainUnderItsId()
    {
        await AddDeliveryAsync("a", "https://a.example/");
        var first = Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now, States.Now.AddMinutes(1), Room(10), default));
        foreach (var status in new[] { CallbackStatus.Delivered, CallbackStatus.Gone, CallbackStatus.GivenUp, CallbackStatus.Pending })
        {
            await _store.Callbacks.SettleAsync(first with { Attempts = 7 }, Try(200), status, status == CallbackStatus.Pending ? States.Now.AddHours(1) : null, default);
            Assert.Equal(1, await _store.Callbacks.RedeliverAsync("a", null, States.Now.AddSeconds(2), default));
            var again = Assert.Single(await _store.Callbacks.ClaimDueAsync(States.Now.AddSeconds(2), States.Now.AddMinutes(1), Room(10), default));
            Assert.Equal((first.Id, 0), (again.Id, again.Attempts));
            first = again;
        }

        Assert.Equal(0, await _store.Callbacks.RedeliverAsync("a", "msg_unknown", States.Now, default));
        Assert.Equal(0, await _store.Callbacks.RedeliverAsync("b", first.Id, States.Now, default));
    }

    private async Task<LostNativeOrder?> TakeOrderAsync(string client, byte[] asked) =>
        await _store.NativeOrders.TakeAsync(Me, client, asked, States.Now.AddSeconds(-300), default);

    private static CallbackRoom Room(int count) => new(count, count, new Dictionary<string, int>());

    private static CallbackTry Try(int status) => new(States.Now, status, status < 300 ? null : "HTTP " + status, 12);

    private async Task AddDeliveryAsync(string id, string url)
    {
        await InsertAsync(States.New(id));
        var callback = new Callback("msg_" + id, id, url, 0, States.Now);
        await Store.SaveAsync(new GenerationChange(States.Ended(id, GenerationPhase.Failed) with { Revision = 1 }, Me) { Callback = callback }, default);
    }

    private static GenerationFilter Filter() => new("local", null, null, null, 1000);

    private static StoredMedia Media(string id) => new(id, "image/png", 1, "00", States.Now, null);

    private static string Json(GenerationState state) => JsonSerializer.Serialize(state, GenerationJson.Default.GenerationState);

    private async Task<GenerationState?> FindAsync(string id) => await Store.FindAsync(id, default);

    private async Task<IReadOnlyList<GenerationState>> ListAsync(GenerationFilter filter) => (await Store.ListAsync(filter, default))!;

    private static GenerationSearch Mine() => new() { Client = "local", Limit = 100 };

    private async Task<IEnumerable<string>> FoundAsync(GenerationSearch search) => (await _store.Reports.SearchAsync(search, default))!.Items.Select(s => s.Id);

    private async Task<IEnumerable<string>> IdsAsync(GenerationFilter filter) => (await ListAsync(filter)).Select(s => s.Id);

    private async Task<IReadOnlyList<ClaimedGeneration>> ClaimAsync(string owner, int limit = 100) => await Store.ClaimAsync(owner, TimeSpan.FromMinutes(1), limit, default);

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        _store = await OpenAsync();
    }

    private protected Task<InsertOutcome> InsertAsync(GenerationState state, StoredRequest? request = null) =>
        Store.InsertAsync(new GenerationChange(state, Me), request ?? States.Request(), default).AsTask();

    private Task<SaveOutcome> SaveAsync(GenerationState state, string owner = Me) => Store.SaveAsync(new GenerationChange(state, owner), default).AsTask();
}
