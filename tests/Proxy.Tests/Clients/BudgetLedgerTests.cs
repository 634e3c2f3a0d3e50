using Framegate.Proxy.Clients;
using Framegate.Proxy.Selection.Budgets;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>The ledger by itself: days, months, and what others on the same store spend.</summary>
public sealed class BudgetLedgerTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 30, 23, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Budgets_ADayAndAMonthLater_BeginAnewAndTheTotalDoesNot()
    {
        var ledger = LedgerOf(new ClientBudget { PerDay = 1, PerMonth = 2, Total = 2.5m });
        Assert.Null(await ledger.TryReserveAsync(Hold(), 1, default));
        var day = await ledger.TryReserveAsync(Hold(), 0.000001m, default);
        Assert.Equal(("per_day", 0m, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)), (day!.Name, day.Left, day.Renews!.Value));

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await ledger.TryReserveAsync(Hold(), 1, default));
        Assert.Equal(new ClientSpending(1, 1, 2), ledger.Of("shop"));

        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal("total", (await ledger.TryReserveAsync(Hold(), 0.6m, default))!.Name);
        Assert.Null(await ledger.TryReserveAsync(Hold(), 0.5m, default));
    }

    [Fact]
    public async Task Settle_AGenerationOfYesterday_ChangesTheTotalAndNotToday()
    {
        var ledger = LedgerOf(new ClientBudget { PerDay = 1 });
        var yesterdays = Hold();
        Assert.Null(await ledger.TryReserveAsync(yesterdays, 1, default));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await ledger.TryReserveAsync(Hold(), 0.9m, default));

        ledger.Settle(yesterdays, 0.2m);

        Assert.Equal(new ClientSpending(0.9m, 0.9m, 1.1m), ledger.Of("shop"));
    }

    [Theory]
    [InlineData("per_day")]
    [InlineData("per_month")]
    public async Task TryReserve_ARequestOfBeforeMidnight_CountsAgainstTheDayThatItCameOn(string budget)
    {
        var ledger = LedgerOf(budget == "per_day" ? new ClientBudget { PerDay = 1 } : new ClientBudget { PerMonth = 1 });
        var (first, late, dearer) = (Hold(), Hold(), Hold());
        Assert.Null(await ledger.TryReserveAsync(first, 0.7m, default));
        Assert.Null(await ledger.TryReserveAsync(dearer, 0.2m, default));
        _time.Advance(TimeSpan.FromHours(2));

        // Reserved at once after midnight, or raised for a dearer candidate: the new day's money is not theirs.
        Assert.Equal((budget, 0.1m), await ledger.TryReserveAsync(late, 0.2m, default) is { } room ? (room.Name, room.Left) : default);
        Assert.NotNull(await ledger.TryReserveAsync(dearer, 0.4m, default));
        Assert.Null(await ledger.TryReserveAsync(dearer, 0.3m, default));
        Assert.NotNull(await ledger.TryReserveAsync(late, 0.000001m, default));
        Assert.Null(await ledger.TryReserveAsync(Hold(), 1, default));

        // What is given back is there again, for that day.
        ledger.Settle(first, 0.5m);
        Assert.Null(await ledger.TryReserveAsync(late, 0.2m, default));
        Assert.Equal(1m, ledger.Of("shop").Today);

        // Nobody knows the day before yesterday any more.
        _time.Advance(TimeSpan.FromDays(40));
        Assert.Null(await ledger.TryReserveAsync(Hold(), 0.1m, default));
        Assert.NotNull(await ledger.TryReserveAsync(dearer, 0.31m, default));
    }

    [Fact]
    public async Task TryReserve_OutOfWhatWasReservedForSeveral_TakesItsShareAndNoMore()
    {
        var ledger = LedgerOf(new ClientBudget { Total = 1 });
        var (parts, first, second, other) = (Hold(), Hold(), Hold(), Hold());
        Assert.Null(await ledger.TryReserveAsync(parts, 0.8m, default));
        Assert.Null(await ledger.TryReserveAsync(first, 0.4m, default, parts));
        Assert.NotNull(await ledger.TryReserveAsync(other, 0.3m, default));
        Assert.Equal((0.4m, 0.8m), (parts.Amount, ledger.Of("shop").Total));

        // A dearer one takes the rest from the budget, or nothing at all.
        Assert.Equal(0.2m, (await ledger.TryReserveAsync(second, 0.7m, default, parts) is { } room ? room.Left - parts.Amount : -1));
        Assert.Equal((0.4m, 0m), (parts.Amount, second.Amount));
        Assert.Null(await ledger.TryReserveAsync(second, 0.6m, default, parts));
        Assert.Equal((0m, 1m), (parts.Amount, ledger.Of("shop").Total));

        ledger.Settle(parts, 0);
        Assert.Equal(1m, ledger.Of("shop").Total);
    }

    /// <remarks>The store leaves out what it would replace, and the share that it would take out of what was reserved for several.</remarks>
    [Fact]
    public async Task TryReserve_TheStoreRefusesMore_StillCountsWhatIsReserved()
    {
        var shared = new ScriptedBudgets();
        var ledger = new BudgetLedger(KnownClients.Of(_time, ("shop", new ClientOptions { Budget = new ClientBudget { Total = 4 } })), _time, shared);
        var (parts, first) = (Hold(), Hold());
        Assert.Null(await ledger.TryReserveAsync(parts, 0.8m, default));
        Assert.Null(await ledger.TryReserveAsync(first, 0.4m, default, parts));

        // Others have spent 3 USD; 0.2 of the parts are not among the share.
        shared.Refusing = new ClientSpending(3.2m, 3.2m, 3.2m);
        Assert.NotNull(await ledger.TryReserveAsync(first, 0.6m, default, parts));

        Assert.Equal(new ClientSpending(3.8m, 3.8m, 3.8m), ledger.Of("shop"));
        ledger.Settle(first, 0);
        ledger.Settle(parts, 0);
        Assert.Equal(new ClientSpending(3, 3, 3), ledger.Of("shop"));
    }

    [Fact]
    public async Task Alerted_UsedUpByWhatWasThereAtTheStart_IsRaisedWithTheFirstRefusal()
    {
        var ledger = LedgerOf(new ClientBudget { Total = 1, Alert = 80 });
        var alerts = new List<decimal>();
        ledger.Alerted += alert => alerts.Add(alert.Used);
        ledger.Open("shop", 0, 0, 0.99m);

        Assert.NotNull(await ledger.TryReserveAsync(Hold(), 0.1m, default));
        Assert.NotNull(await ledger.TryReserveAsync(Hold(), 0.1m, default));

        Assert.Equal([0.99m], alerts);
    }

    [Fact]
    public async Task TryReserve_InTheSameMoment_IsNeverMoreThanTheBudget()
    {
        var ledger = LedgerOf(new ClientBudget { PerDay = 1 });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Task.Run(() => ledger.TryReserveAsync(Hold(), 0.03m, default).AsTask())));

        Assert.Equal(33, outcomes.Count(o => o is null));
        Assert.Equal(0.99m, ledger.Of("shop").Total);
    }

    [Fact]
    public async Task Refill_WhatOthersSpent_IsCountedBesideWhatIsNotStoredYet()
    {
        var ledger = LedgerOf(new ClientBudget { PerDay = 1 });
        var (stored, waiting, later) = (Hold(), Hold(), Hold());
        Assert.Null(await ledger.TryReserveAsync(stored, 0.1m, default));
        ledger.Stored(stored);
        Assert.Null(await ledger.TryReserveAsync(waiting, 0.2m, default));

        var reading = ledger.BeginReading();
        Assert.Null(await ledger.TryReserveAsync(later, 0.05m, default));
        ledger.Refill(reading, "shop", new ClientSpending(0.5m, 0.5m, 0.5m));

        Assert.Equal(0.75m, ledger.Of("shop").Today);
        ledger.Stored(waiting);
        ledger.Stored(later);
        ledger.Refill(ledger.BeginReading(), "shop", new ClientSpending(0.75m, 0.75m, 0.75m));
        Assert.Equal(0.75m, ledger.Of("shop").Today);
        Assert.Equal(0.25m, (await ledger.TryReserveAsync(Hold(), 0.26m, default))!.Left);
    }

    [Fact]
    public async Task Alerted_AtTheMark_OnceForEachPeriod()
    {
        var ledger = LedgerOf(new ClientBudget { PerDay = 1, Alert = 80 });
        var alerts = new List<string>();
        ledger.Alerted += alert => alerts.Add($"{alert.Budget} {alert.Period} {alert.Used}");
        foreach (var amount in new[] { 0.7m, 0.1m, 0.1m })
        {
            Assert.Null(await ledger.TryReserveAsync(Hold(), amount, default));
        }

        _time.Advance(TimeSpan.FromHours(2));
        Assert.Null(await ledger.TryReserveAsync(Hold(), 0.8m, default));

        Assert.Equal(["per_day 2026-11-30 0.8", "per_day 2026-12-01 0.8"], alerts);
    }

    private BudgetHold Hold() => new("shop", _time.GetUtcNow());

    private BudgetLedger LedgerOf(ClientBudget budget) => new(KnownClients.Of(_time, ("shop", new ClientOptions { Budget = budget })), _time);

    /// <summary>A store that reserves until it refuses.</summary>
    private sealed class ScriptedBudgets : ISharedBudgets
    {
        public ClientSpending? Refusing { get; set; }

        public ValueTask<(bool IsReserved, ClientSpending Before)> TryReserveAsync(
            BudgetHold hold, decimal more, ClientBudget budget, DateOnly today, BudgetHold? from, CancellationToken cancellationToken) =>
            new((Refusing is null, Refusing ?? new ClientSpending(0, 0, 0)));

        public void Release(BudgetHold hold)
        {
        }
    }
}
