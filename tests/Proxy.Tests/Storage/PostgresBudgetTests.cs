using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Tests.Clients;

namespace Framegate.Proxy.Tests.Storage;

/// <summary>Budgets that replicas on one database share.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresBudgetTests : IAsyncLifetime
{
    private readonly PostgresServer _server;
    private readonly string _schema;
    private readonly List<Replica> _replicas = [];

    public PostgresBudgetTests(PostgresServer server)
    {
        (_server, _schema) = (server, server.NewSchema());
    }

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            _replicas.Add(await Replica.OpenAsync(_server, _schema, $"replica-{i}"));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task TryReserveAsync_ManyAtOnceOverTwoReplicas_ReserveAllOfItAndNotACentMore()
    {
        var holds = Enumerable.Range(0, 500).Select(i => new BudgetHold("shop", States.Now, $"gen_{i}")).ToList();

        var rooms = await Task.WhenAll(holds.Select((h, i) => _replicas[i % 2].Ledger.TryReserveAsync(h, 0.07m, default).AsTask()));

        // 10 USD hold 142 of them.
        Assert.Equal(142, rooms.Count(r => r is null));
        Assert.Equal(142 * 0.07m, holds.Sum(h => h.Amount));
        Assert.All(rooms.OfType<BudgetRoom>(), r => Assert.Equal(("total", 10m, true), (r.Name, r.Limit, r.Left < 0.07m)));

        // What is given back at one is there for the other.
        _replicas[0].Ledger.Settle(holds.First(h => h.Amount > 0), 0);
        var again = new BudgetHold("shop", States.Now, "again");
        for (var i = 0; i < 100 && await _replicas[1].Ledger.TryReserveAsync(again, 0.07m, default) is not null; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        Assert.Equal(0.07m, again.Amount);
        Assert.NotNull(await _replicas[0].Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "one-more"), 0.07m, default));
    }

    /// <remarks>Three pictures are three generations, whose reservations meet those of others.</remarks>
    [Fact]
    public async Task TryReserveAsync_ManyCallsOfThreePartsOverTwoReplicas_AreReservedAsAWhole()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            var (ledger, parts) = (_replicas[i % 2].Ledger, new BudgetHold("shop", States.Now, $"parts_{i}"));
            if (await ledger.TryReserveAsync(parts, 0.9m, default) is not null)
            {
                return 0;
            }

            var reserved = 0;
            for (var part = 0; part < 3; part++)
            {
                reserved += await ledger.TryReserveAsync(new BudgetHold("shop", States.Now, $"gen_{i}_{part}"), 0.3m, default, parts) is null ? 1 : 0;
            }

            Assert.Equal(0, parts.Amount);
            ledger.Settle(parts, 0);
            return reserved;
        }));

        // 10 USD hold eleven calls, and not a third of the next.
        Assert.Equal((11, 49), (begun.Count(b => b == 3), begun.Count(b => b == 0)));
        Assert.Equal(9.9m, await _server.TellAsync(_schema, "SELECT sum(amount) FROM budget_holds"));
    }

    /// <remarks>The answer to the first run was lost on the way.</remarks>
    [Fact]
    public async Task TryReserveAsync_RunAgain_TakesItsShareOnce()
    {
        var (replica, parts, hold) = (_replicas[0], new BudgetHold("shop", States.Now, "parts_a"), new BudgetHold("shop", States.Now, "gen_a"));
        Assert.Null(await replica.Ledger.TryReserveAsync(parts, 0.9m, default));

        for (var i = 0; i < 2; i++)
        {
            Assert.True((await replica.Budgets.TryReserveAsync(hold, 0.3m, new ClientBudget { Total = 10 }, hold.Day, parts, default)).IsReserved);
            Assert.Equal(0.6m, await _server.TellAsync(_schema, "SELECT amount FROM budget_holds WHERE id = 'parts_a'"));
        }

        // A dearer candidate takes what it needs beyond that.
        Assert.True((await replica.Budgets.TryReserveAsync(hold, 0.5m, new ClientBudget { Total = 10 }, hold.Day, parts, default)).IsReserved);
        Assert.Equal(0.4m, await _server.TellAsync(_schema, "SELECT amount FROM budget_holds WHERE id = 'parts_a'"));
        Assert.Equal(0.9m, await _server.TellAsync(_schema, "SELECT sum(amount) FROM budget_holds"));
    }

    /// <remarks>It stood in the way of a batch of inserts, and the database has chosen it.</remarks>
    [Fact]
    public async Task TryReserveAsync_ADeadlock_IsTriedAgain()
    {
        await _server.TellAsync(_schema, """
            CREATE SEQUENCE tries;
            CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF nextval('tries') = 1 THEN
                RAISE EXCEPTION USING ERRCODE = 'deadlock_detected';
              END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER fail_once BEFORE INSERT ON budget_holds FOR EACH ROW EXECUTE FUNCTION fail_once();
            """);

        Assert.Null(await _replicas[0].Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_a"), 6, default));

        Assert.Equal(6m, await _server.TellAsync(_schema, "SELECT sum(amount) FROM budget_holds"));
    }

    [Fact]
    public async Task TryReserveAsync_MoreIsRefusedBeforeItIsStored_KeepsWhatItHolds()
    {
        var (a, b) = (_replicas[0], _replicas[1]);
        var hold = new BudgetHold("shop", States.Now, "gen_a");
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 6, default));

        Assert.NotNull(await a.Ledger.TryReserveAsync(hold, 11, default));

        Assert.Equal(4, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_b"), 4.000001m, default))!.Left);
    }

    [Fact]
    public async Task TryReserveAsync_RaisedBeforeItIsStored_HoldsAllOfIt()
    {
        var (a, b) = (_replicas[0], _replicas[1]);
        var hold = new BudgetHold("shop", States.Now, "gen_a");
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 2, default));
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 5, default));
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 7, default));

        Assert.Equal(3, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_b"), 3.000001m, default))!.Left);

        var first = States.New("gen_a", client: "shop") with { Reserved = 7 };
        Assert.Equal(InsertOutcome.Stored, await a.Store.InsertAsync(new GenerationChange(first, "replica-0"), States.Request(), default));
        a.Ledger.Stored(hold);
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 8, default));
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 9, default));
        Assert.Equal(1, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_c"), 1.000001m, default))!.Left);
    }

    [Fact]
    public async Task TryReserveAsync_OnceItsGenerationIsStored_CountsOnceAndItsBillAfterwards()
    {
        var (a, b) = (_replicas[0], _replicas[1]);
        var hold = new BudgetHold("shop", States.Now, "gen_a");
        Assert.Null(await a.Ledger.TryReserveAsync(hold, 6, default));
        var first = States.New("gen_a", client: "shop") with { Reserved = 6 };
        Assert.Equal(InsertOutcome.Stored, await a.Store.InsertAsync(new GenerationChange(first, "replica-0"), States.Request(), default));
        a.Ledger.Stored(hold);

        Assert.Equal(4, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_b"), 4.000001m, default))!.Left);
        Assert.Null(await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_b"), 4, default));

        // A dearer candidate: there is no room for the difference, until the bill of another is smaller than what it held.
        Assert.NotNull(await a.Ledger.TryReserveAsync(hold, 6.5m, default));
        b.Ledger.Settle(new BudgetHold("shop", States.Now, "gen_b") { Amount = 4 }, 0);
        for (var i = 0; i < 100 && await a.Ledger.TryReserveAsync(hold, 6.5m, default) is not null; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }

        Assert.Equal(6.5m, hold.Amount);
        Assert.Equal(3.5m, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_c"), 9, default))!.Left);
        var ended = States.Ended("gen_a", Framegate.Transforms.Schemas.Responses.GenerationPhase.Succeeded) with { Client = "shop", Revision = 1, Cost = 1 };
        Assert.Equal(SaveOutcome.Saved, await a.Store.SaveAsync(new GenerationChange(ended, "replica-0"), default));
        Assert.Equal(9, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "gen_c"), 9.5m, default))!.Left);
    }

    [Fact]
    public async Task TryReserveAsync_OfAReplicaThatDied_IsGivenBackInTime()
    {
        Assert.Null(await _replicas[0].Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "lost"), 10, default));
        Assert.NotNull(await _replicas[1].Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "next"), 1, default));

        await _server.TellAsync(_schema, "UPDATE budget_holds SET until = until - interval '2 minutes'");

        Assert.Null(await _replicas[1].Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "next"), 10, default));
    }

    /// <remarks>The time of a hold is not over; its replica is not heard of any more.</remarks>
    [Fact]
    public async Task TryReserveAsync_OfAReplicaWhoseLeaseHasEnded_IsGivenBackAtOnce()
    {
        var (dead, alive) = (_replicas[0], _replicas[1]);
        var lease = alive.Fleet.Lease;
        await dead.Store.ClaimAsync("replica-0", lease, 1, default);
        await alive.Store.ClaimAsync("replica-1", lease, 1, default);
        Assert.Null(await dead.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "lost"), 10, default));

        // Both have missed their leases: the database may have been away, and the other may be about to come back.
        await alive.PassAsync(lease * 2.1);
        await alive.Store.ClaimAsync("replica-1", lease, 1, default);
        Assert.NotNull(await alive.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "next"), 1, default));

        // This one has been there for a lease, and for a lease after the end of its own nobody has heard of the other.
        await _server.TellAsync(_schema, $"UPDATE replicas SET steady_since = steady_since - interval '{lease.TotalSeconds} s' WHERE id = 'replica-1'");
        Assert.Null(await alive.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "next"), 10, default));
    }

    [Fact]
    public async Task TryReserveAsync_OfAReplicaThatIsLate_IsKept()
    {
        var (late, alive) = (_replicas[0], _replicas[1]);
        var lease = alive.Fleet.Lease;
        await late.Store.ClaimAsync("replica-0", lease, 1, default);
        await alive.Store.ClaimAsync("replica-1", lease, 1, default);
        Assert.Null(await late.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "late"), 10, default));

        await alive.PassAsync(lease * 1.5);
        await alive.Store.ClaimAsync("replica-1", lease, 1, default);
        await _server.TellAsync(_schema, $"UPDATE replicas SET steady_since = steady_since - interval '{lease.TotalSeconds} s' WHERE id = 'replica-1'");
        Assert.NotNull(await alive.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "next"), 1, default));
    }

    /// <remarks>A replica was paused for two minutes between its reservation and the insert.</remarks>
    [Fact]
    public async Task InsertAsync_WhatWasReservedHasRunOut_StoresNothingOnceOthersHaveReserved()
    {
        var (a, b) = (_replicas[0], _replicas[1]);
        BudgetHold paused = new("shop", States.Now, "paused"), kept = new("shop", States.Now, "kept");
        Assert.Null(await a.Ledger.TryReserveAsync(paused, 6, default));
        Assert.Null(await a.Ledger.TryReserveAsync(kept, 2, default));
        await RunOutAsync();

        // Nobody has counted without it yet: it is stored, and counts.
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(a, kept, 2));
        Assert.Null(await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "other"), 8, default));
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(a, kept, 2));

        Assert.Equal(InsertOutcome.NotReserved, await InsertAsync(a, paused, 6));
        Assert.Null(await a.Store.FindAsync("paused", default));
        Assert.Equal(0, (await a.Ledger.RenewAsync(paused, default))!.Left);

        // What it reserves once more is its own.
        b.Ledger.Settle(new BudgetHold("shop", States.Now, "other") { Amount = 8 }, 0);
        await Eventually.GetAsync(() => a.Ledger.RenewAsync(paused, default).AsTask(), room => room is null);
        Assert.Equal(InsertOutcome.Stored, await InsertAsync(a, paused, 6));
        Assert.Equal(2, (await b.Ledger.TryReserveAsync(new BudgetHold("shop", States.Now, "next"), 2.1m, default))!.Left);
    }

    [Fact]
    public async Task InsertAsync_ReservationsRunOutAllTheTime_NotACentIsOverspent()
    {
        var stored = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            var (replica, hold) = (_replicas[i % 2], new BudgetHold("shop", States.Now, $"gen_{i}"));
            if (await replica.Ledger.TryReserveAsync(hold, 0.07m, default) is not null)
            {
                return 0;
            }

            await RunOutAsync();
            while (await InsertAsync(replica, hold, 0.07m) == InsertOutcome.NotReserved)
            {
                if (await replica.Ledger.RenewAsync(hold, default) is not null)
                {
                    return 0;
                }
            }

            return 1;
        }));

        Assert.InRange(stored.Sum(), 1, 142);
        Assert.Equal(stored.Sum() * 0.07m, await _server.TellAsync(_schema, "SELECT sum(charge) FROM generations"));
    }

    /// <remarks>Those that somebody writes just then are left out, so that it waits for nobody.</remarks>
    private Task<object?> RunOutAsync() => _server.TellAsync(_schema, """
        UPDATE budget_holds SET until = until - interval '2 minutes' WHERE id IN (SELECT id FROM budget_holds WHERE until > clock_timestamp() FOR UPDATE SKIP LOCKED)
        """);

    private static async Task<InsertOutcome> InsertAsync(Replica replica, BudgetHold hold, decimal charge) => await replica.Store.InsertAsync(
        new GenerationChange(States.New(hold.Id, client: "shop") with { Reserved = charge }, "replica") { Held = hold.IsShared ? charge : null }, States.Request(), default);

    [Fact]
    public async Task TryReserveAsync_OfYesterday_DoesNotSpendTheMoneyOfToday()
    {
        var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
        Assert.Null(await _replicas[0].Ledger.TryReserveAsync(new BudgetHold("daily", yesterday, "first"), 0.8m, default));

        var room = await _replicas[1].Ledger.TryReserveAsync(new BudgetHold("daily", yesterday, "late"), 0.3m, default);

        Assert.Equal(("per_day", 0.2m), (room!.Name, room.Left));
        Assert.Null(await _replicas[1].Ledger.TryReserveAsync(new BudgetHold("daily", TimeProvider.System.GetUtcNow(), "of today"), 1, default));
    }

    private sealed class Replica(PostgresTestStore store, PostgresDatabase database, PostgresWriter writer, ISharedBudgets budgets, BudgetLedger ledger) : IAsyncDisposable
    {
        public BudgetLedger Ledger => ledger;

        public ISharedBudgets Budgets => budgets;

        public PostgresGenerationStore Store => store.Store;

        public IFleet Fleet => store.Fleet;

        public ValueTask PassAsync(TimeSpan time) => store.PassAsync(time);

        public static async Task<Replica> OpenAsync(PostgresServer server, string schema, string owner)
        {
            var store = await PostgresTestStore.OpenAsync(server, schema, owner);
            var database = server.Database(schema);
            var writer = new PostgresWriter(database, TimeProvider.System);
            writer.Start();
            var clients = KnownClients.Of(null, ("shop", new ClientOptions { KeyHash = KeyDigest.Of("key").ToText(), Budget = new ClientBudget { Total = 10 } }), ("daily", new ClientOptions { KeyHash = KeyDigest.Of("other").ToText(), Budget = new ClientBudget { PerDay = 1 } }));
            var budgets = new PostgresBudgets(database, writer, new StoreOwner(owner), store.Fleet);
            return new Replica(store, database, writer, budgets, new BudgetLedger(clients, TimeProvider.System, budgets));
        }

        public async ValueTask DisposeAsync()
        {
            await writer.DisposeAsync();
            await database.DisposeAsync();
            await store.DisposeAsync();
        }
    }
}
